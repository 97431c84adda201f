package cli

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"net"
	"net/http"
	"sync"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/sandbox"
	"cashier/ui/config"
)

// embeddedURL is what records of the embedded sandbox are bound to. It is a
// name and not the socket's address, which is another one at every start,
// so that yesterday's user id still belongs to it.
const embeddedURL = "http://sandbox.localhost"

// embedded is the sandbox inside this process: the default profile's provider.
// Its state file stands beside the journal.
type embedded struct {
	sandboxOf

	once     sync.Once
	listener net.Listener
	err      error
	cancel   context.CancelFunc
	served   chan struct{}
}

// openEmbedded opens the state of a journal's sandbox, which tells notifyURL of
// payments unless it is empty. It neither listens nor makes keys: the first
// request does.
func openEmbedded(journal string, seed int64, notifyURL string) (*embedded, error) {
	box, err := sandbox.Open(sandbox.Options{Path: journal + ".sandbox", Seed: seed, NotifyURL: notifyURL})
	if err != nil {
		return nil, err
	}
	return &embedded{sandboxOf: sandboxOf{box}}, nil
}

// listen opens the socket once, on loopback.
func (e *embedded) listen() (net.Listener, error) {
	e.once.Do(func() {
		if e.listener, e.err = sandbox.Listen("127.0.0.1:0"); e.err != nil {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		e.cancel, e.served = cancel, make(chan struct{})
		go func() {
			defer close(e.served)
			// Serve's error is a listener that broke: requests then find no
			// connection, and the screens say so.
			_ = e.Serve(ctx, e.listener)
		}()
	})
	return e.listener, e.err
}

// paymentEndpoint is the sandbox as a provider of payments.
func paymentEndpoint(b box, p config.Profile) api.Endpoint {
	at := b.as(embeddedPayments, cpm.Dialect)
	at.ChannelID = embeddedChannel
	at.Shop, at.Terminal = sandboxShop(p)
	return at
}

// sandboxShop is the profile's shop and terminal, with what a sandbox's may
// leave out.
func sandboxShop(p config.Profile) (api.Shop, api.Terminal) {
	m, terminal := p.Merchant, api.Terminal(p.Terminal)
	terminal.ID = cmp.Or(terminal.ID, "T1")
	return api.Shop{
		SubMerchantID: m.SubID, StoreID: m.Store, Name: cmp.Or(m.Name, "Sandbox Merchant"), Location: m.Location, Acquirer: m.Acquirer,
	}, terminal
}

// embeddedPayments is the sandbox's name as a provider of payments, the same as
// in the config that it writes for others; embeddedChannel is CHANNEL-ID in the
// samples of seed 003.
const (
	embeddedPayments = "cpm"
	embeddedChannel  = "95221"
)

func (e *embedded) as(name, dialect string) api.Endpoint {
	clientKey, key, secret := e.Partner()
	dialer := &net.Dialer{}
	return api.Endpoint{
		Name: name, Dialect: dialect, BaseURL: embeddedURL,
		ClientKey: clientKey, MerchantID: e.MerchantID(), PrivateKey: key, ClientSecret: secret,
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			l, err := e.listen()
			if err != nil {
				return nil, &net.OpError{Op: "dial", Net: network, Err: err}
			}
			return dialer.DialContext(ctx, network, l.Addr().String())
		}},
	}
}

// Close ends the socket, then the state file.
func (e *embedded) Close() error {
	e.once.Do(func() { e.err = errors.New("the sandbox is closed") })
	if e.cancel != nil {
		e.cancel()
		<-e.served
	}
	return e.Sandbox.Close()
}

// warm listens and makes the keys. An error comes again at the first request,
// which says it in words.
func (e *embedded) warm(ctx context.Context) {
	if _, err := e.listen(); err == nil {
		_, _ = e.Keys(ctx)
	}
}

func (e *embedded) customerToken() ([]byte, error) { return []byte(e.CustomerToken()), nil }

// providerKey is what verifies the sandbox's notifications.
func (e *embedded) providerKey() (*rsa.PublicKey, error) {
	credentials, err := e.Keys(context.Background())
	return credentials.ProviderKey, err
}
