package cli

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"sync"

	"cashier/api"
	"cashier/views"
)

// box is the built-in sandbox: the owner's process has it, the others reach it
// through the owner.
type box interface {
	// as is the sandbox as a provider. It neither connects nor makes keys.
	as(name, dialect string) api.Endpoint
	customerToken() ([]byte, error)
	// providerKey is what verifies the sandbox's notifications.
	providerKey() (*rsa.PublicKey, error)
	// warm listens and makes the keys, so that the first request finds them.
	warm(ctx context.Context)
	views.Machine
	// decide approves or declines for a customer who waits to be asked.
	decide(ctx context.Context, customer string, approve bool) error
	Close() error
}

var (
	_ box = (*embedded)(nil)
	_ box = (*farBox)(nil)
)

// farBox is the sandbox of another process.
type farBox struct {
	seat  *seat
	facts boxFacts
	keys  func() (boxKeys, error)
}

// boxFacts are what is known of a sandbox at once.
type boxFacts struct{ ClientKey, MerchantID string }

// boxKeys are a sandbox's secrets: test money's, of this user's own sandbox.
type boxKeys struct {
	PrivateKey    []byte // PKCS #8
	ClientSecret  []byte
	ProviderKey   []byte // PKIX
	CustomerToken string
}

func openFarBox(s *seat) (box, error) {
	facts, err := boxIs.do(context.Background(), s, none{})
	if err != nil {
		return nil, err
	}
	return &farBox{s, facts, sync.OnceValues(func() (boxKeys, error) {
		return boxHas.do(context.Background(), s, none{})
	})}, nil
}

// sandbox is the owner's.
func (h *holding) sandbox() (*embedded, error) {
	p, _, err := h.connect()
	if err != nil {
		return nil, err
	}
	own, ok := p.box.(*embedded)
	if !ok {
		return nil, configError{fmt.Errorf("the profile %s has providers of its own and no built-in sandbox", h.profile.Name)}
	}
	return own, nil
}

var boxIs = reads("sandbox-is", func(_ context.Context, h *holding, _ none) (boxFacts, error) {
	own, err := h.sandbox()
	if err != nil {
		return boxFacts{}, err
	}
	return boxFacts{own.ClientKey(), own.MerchantID()}, nil
})

var boxHas = reads("sandbox-has", func(ctx context.Context, h *holding, _ none) (boxKeys, error) {
	own, err := h.sandbox()
	if err != nil {
		return boxKeys{}, err
	}
	c, err := own.Keys(ctx)
	if err != nil {
		return boxKeys{}, err
	}
	k := boxKeys{ClientSecret: c.ClientSecret, CustomerToken: own.CustomerToken()}
	if k.PrivateKey, err = x509.MarshalPKCS8PrivateKey(c.PrivateKey); err != nil {
		return boxKeys{}, err
	}
	k.ProviderKey, err = x509.MarshalPKIXPublicKey(c.ProviderKey)
	return k, err
})

// boxAt is where the sandbox listens: another place with each owner.
var boxAt = reads("sandbox-at", func(_ context.Context, h *holding, _ none) (string, error) {
	own, err := h.sandbox()
	if err != nil {
		return "", err
	}
	l, err := own.listen()
	if err != nil {
		return "", err
	}
	return l.Addr().String(), nil
})

func (b *farBox) as(name, dialect string) api.Endpoint {
	dialer := &net.Dialer{}
	return api.Endpoint{
		Name: name, Dialect: dialect, BaseURL: embeddedURL, ClientKey: b.facts.ClientKey, MerchantID: b.facts.MerchantID,
		PrivateKey: b.privateKey,
		ClientSecret: func() ([]byte, error) {
			k, err := b.keys()
			return k.ClientSecret, err
		},
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			at, err := boxAt.do(ctx, b.seat, none{})
			if err != nil {
				return nil, &net.OpError{Op: "dial", Net: network, Err: err}
			}
			return dialer.DialContext(ctx, network, at)
		}},
	}
}

func (b *farBox) privateKey() (*rsa.PrivateKey, error) {
	k, err := b.keys()
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("the sandbox's private key: %w", err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the sandbox's private key is a %T", key)
	}
	return private, nil
}

func (b *farBox) providerKey() (*rsa.PublicKey, error) {
	k, err := b.keys()
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(k.ProviderKey)
	if err != nil {
		return nil, fmt.Errorf("the sandbox's public key: %w", err)
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the sandbox's public key is a %T", key)
	}
	return public, nil
}

func (b *farBox) customerToken() ([]byte, error) {
	k, err := b.keys()
	return []byte(k.CustomerToken), err
}

func (b *farBox) warm(context.Context) {}

func (b *farBox) Close() error { return nil }

func (b *farBox) Deposit(ctx context.Context, o views.DepositOrder) error {
	_, err := boxDeposit.do(ctx, b.seat, o)
	return err
}

// Test money is put in once: whether it was, when an owner died in the middle,
// the ledger says.
var boxDeposit = alone("sandbox-deposit", (*embedded).Deposit)

func (b *farBox) Book(ctx context.Context, code string) error {
	_, err := boxBook.do(ctx, b.seat, code)
	return err
}

var boxBook = alone("sandbox-book", (*embedded).Book)

// alone is a call of the sandbox that is not repeated.
func alone[A any](name string, do func(*embedded, context.Context, A) error) *call[A, none] {
	return single(name, func(ctx context.Context, h *holding, a A) (none, error) {
		own, err := h.sandbox()
		if err != nil {
			return none{}, err
		}
		return none{}, do(own, ctx, a)
	})
}

// What a panel shows is asked for without a context, and is nothing while the
// owner is being changed.
func (b *farBox) Ledger() views.Ledger {
	l, _ := boxLedger.do(context.Background(), b.seat, none{})
	return l
}

var boxLedger = reads("sandbox-ledger", func(_ context.Context, h *holding, _ none) (views.Ledger, error) {
	own, err := h.sandbox()
	if err != nil {
		return views.Ledger{}, err
	}
	return own.Ledger(), nil
})

func (b *farBox) Faults() []string {
	f, _ := boxFaults.do(context.Background(), b.seat, none{})
	return f
}

var boxFaults = reads("sandbox-faults", func(_ context.Context, h *holding, _ none) ([]string, error) {
	own, err := h.sandbox()
	if err != nil {
		return nil, err
	}
	return own.Faults(), nil
})

func (b *farBox) AddFault(rule string) error {
	_, err := boxFault.do(context.Background(), b.seat, rule)
	return err
}

var boxFault = alone("sandbox-fault", func(own *embedded, _ context.Context, rule string) error { return own.AddFault(rule) })

func (b *farBox) ClearFaults() { _, _ = boxClear.do(context.Background(), b.seat, none{}) }

var boxClear = reads("sandbox-clear", func(_ context.Context, h *holding, _ none) (none, error) {
	own, err := h.sandbox()
	if err != nil {
		return none{}, err
	}
	own.ClearFaults()
	return none{}, nil
})

func (b *farBox) decide(ctx context.Context, customer string, approve bool) error {
	_, err := boxDecide.do(ctx, b.seat, decision{customer, approve})
	return err
}

type decision struct {
	Customer string
	Approve  bool
}

var boxDecide = alone("sandbox-decide", func(own *embedded, ctx context.Context, d decision) error {
	return own.decide(ctx, d.Customer, d.Approve)
})
