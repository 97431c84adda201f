package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"

	"cashier/api/snap"
)

// Credentials are what a partner needs to talk to the sandbox.
type Credentials struct {
	ClientKey    string          // X-CLIENT-KEY and X-PARTNER-ID; PayCools: appId
	PrivateKey   *rsa.PrivateKey // the partner's
	ClientSecret []byte          // text, for symmetric signatures
	// ProviderKey verifies what the sandbox signs: notifications.
	ProviderKey *rsa.PublicKey
}

// PrivateKeyPEM is the partner's key as PKCS #8.
func (c Credentials) PrivateKeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("encode the sandbox partner's key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// keyRecord is the keys in the state file: DER, PKCS #8.
type keyRecord struct {
	Partner  []byte `json:"partnerPrivateKey"`
	Provider []byte `json:"providerPrivateKey"`
	Secret   string `json:"clientSecret"`
}

func (*keyRecord) kind() string { return "keys" }

// check looks for what a cut or torn file does. Whether the numbers are a key
// is seen when it is first needed: to find that out takes as long as starting
// the program.
func (k *keyRecord) check(*state) error {
	for _, key := range [][]byte{k.Partner, k.Provider} {
		var whole asn1.RawValue
		if rest, err := asn1.Unmarshal(key, &whole); err != nil || len(rest) > 0 || whole.Tag != asn1.TagSequence {
			return snap.ErrKeyUnreadable
		}
	}
	if k.Secret == "" {
		return errors.New("the client secret is missing")
	}
	return nil
}

func (k *keyRecord) applyTo(st *state) { st.keys = k }

func (k *keyRecord) parse() (Credentials, *rsa.PrivateKey, error) {
	partner, err := snap.ParsePrivateKey(k.Partner)
	if err != nil {
		return Credentials{}, nil, err
	}
	provider, err := snap.ParsePrivateKey(k.Provider)
	if err != nil {
		return Credentials{}, nil, err
	}
	return Credentials{PrivateKey: partner, ClientSecret: []byte(k.Secret), ProviderKey: &provider.PublicKey}, provider, nil
}

// keyring is the keys once they are there, and the one making of them.
type keyring struct {
	mu          sync.Mutex
	credentials *Credentials
	provider    *rsa.PrivateKey
	making      chan struct{} // closed when the making ended; nil: none has begun
	err         error         // of the last making, or of reading kept
	// kept reads the keys of the state file; nil: there were none.
	kept func() (Credentials, *rsa.PrivateKey, error)
}

// read reads the state file's keys when they are first needed. The caller holds
// mu.
func (k *keyring) read() {
	if k.credentials != nil || k.kept == nil || k.err != nil {
		return
	}
	c, provider, err := k.kept()
	if k.err = err; err == nil {
		k.credentials, k.provider = &c, provider
	}
}

// partner is the public key that requests are verified with; nil while there
// is none, and then nobody can have signed.
func (k *keyring) partner() *rsa.PublicKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.read(); k.credentials == nil {
		return nil
	}
	return &k.credentials.PrivateKey.PublicKey
}

// verifying is the partner's public key and the secret that both share; nil
// while there are none.
func (k *keyring) verifying() (*rsa.PublicKey, []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.read(); k.credentials == nil {
		return nil, nil
	}
	return &k.credentials.PrivateKey.PublicKey, k.credentials.ClientSecret
}

// signing is the provider's own key; nil while there is none.
func (k *keyring) signing() *rsa.PrivateKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.read()
	return k.provider
}

func (k *keyring) wait() {
	k.mu.Lock()
	making := k.making
	k.mu.Unlock()
	if making != nil {
		<-making
	}
}

// Keys answers the partner's credentials. The first call makes the keys (two
// RSA keys, some tenths of a second) and writes them to the state file; calls
// meanwhile wait for the same ones. When the context ends first the making
// goes on and a later call finds its result.
func (s *Sandbox) Keys(ctx context.Context) (Credentials, error) {
	k := &s.keys
	k.mu.Lock()
	k.read()
	switch {
	case k.credentials != nil:
		defer k.mu.Unlock()
		return *k.credentials, nil
	case k.kept != nil: // never made anew: what was signed with them is in the journal
		defer k.mu.Unlock()
		return Credentials{}, k.err
	}
	if k.making == nil {
		k.making = make(chan struct{})
		go s.makeKeys(k.making)
	}
	making := k.making
	k.mu.Unlock()

	select {
	case <-making:
	case <-ctx.Done():
		return Credentials{}, fmt.Errorf("make the sandbox's keys: %w", ctx.Err())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.credentials == nil {
		return Credentials{}, k.err
	}
	return *k.credentials, nil
}

func (s *Sandbox) makeKeys(done chan struct{}) {
	credentials, provider, err := s.newKeys()
	k := &s.keys
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err = err; err == nil {
		k.credentials, k.provider = &credentials, provider
	}
	k.making = nil // after a failure the next call tries again
	close(done)
}

func (s *Sandbox) newKeys() (Credentials, *rsa.PrivateKey, error) {
	type made struct {
		key *rsa.PrivateKey
		err error
	}
	other := make(chan made, 1)
	go func() {
		key, err := s.options.GenerateKey()
		other <- made{key, err}
	}()
	partner, err := s.options.GenerateKey()
	provider := <-other
	if err := errors.Join(err, provider.err); err != nil {
		return Credentials{}, nil, fmt.Errorf("make the sandbox's keys: %w", err)
	}
	credentials := Credentials{
		ClientKey:    s.ClientKey(),
		PrivateKey:   partner,
		ClientSecret: []byte(newSecret()),
		ProviderKey:  &provider.key.PublicKey,
	}
	if s.log == nil { // nobody will read them again: simulations open a sandbox for each life
		return credentials, provider.key, nil
	}
	if err := s.keepKeys(credentials, provider.key); err != nil {
		return Credentials{}, nil, fmt.Errorf("keep the sandbox's keys: %w", err)
	}
	return credentials, provider.key, nil
}

func (s *Sandbox) keepKeys(c Credentials, provider *rsa.PrivateKey) (err error) {
	record := &keyRecord{Secret: string(c.ClientSecret)}
	if record.Partner, err = x509.MarshalPKCS8PrivateKey(c.PrivateKey); err != nil {
		return err
	}
	if record.Provider, err = x509.MarshalPKCS8PrivateKey(provider); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record(record)
}

func newSecret() string {
	var secret [32]byte
	rand.Read(secret[:])
	return hex.EncodeToString(secret[:])
}

// Partner is what an api.Endpoint wants of the sandbox. The two functions make
// the keys when they are not there yet.
func (s *Sandbox) Partner() (clientKey string, key func() (*rsa.PrivateKey, error), secret func() ([]byte, error)) {
	key = func() (*rsa.PrivateKey, error) {
		c, err := s.Keys(context.Background())
		return c.PrivateKey, err
	}
	secret = func() ([]byte, error) {
		c, err := s.Keys(context.Background())
		return c.ClientSecret, err
	}
	return s.ClientKey(), key, secret
}
