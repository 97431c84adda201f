package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"cashier/api"
)

// The config file that another process reads; the shape is a profile's.
type configFile struct {
	Profile  string                   `json:"profile"`
	Profiles map[string]configProfile `json:"profiles"`
}

type configProfile struct {
	Sandbox   bool                      `json:"sandbox"`
	Terminal  configTerminal            `json:"terminal"`
	Merchant  configMerchant            `json:"merchant"`
	Courier   api.Courier               `json:"courier"`
	Poll      struct{}                  `json:"poll"` // the defaults
	Providers map[string]configProvider `json:"providers"`
}

type configTerminal struct {
	ID string `json:"id"`
}

type configMerchant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type configProvider struct {
	Dialect      string       `json:"dialect"`
	BaseURL      string       `json:"baseUrl"`
	ClientKey    string       `json:"clientKey"`
	MerchantID   string       `json:"merchantId,omitempty"`
	ChannelID    string       `json:"channelId,omitempty"`
	PrivateKey   configSecret `json:"privateKey"`
	ClientSecret configSecret `json:"clientSecret"`
	// CustomerToken is Authorization-Customer, where a provider asks for it.
	CustomerToken configSecret `json:"customerToken,omitzero"`
}

type configSecret struct {
	File string `json:"file"`
}

// WriteConfig writes a config file with one profile, "sandbox", for processes
// that talk to this sandbox at addr (host:port), and the partner's secrets as
// files of their own beside it (NAME-private-key.pem, NAME-client-secret and
// NAME-customer-token).
// Everything is 0600 and written by rename, the config last: who finds it finds
// all of it. The keys are made first when they are not there yet.
func (s *Sandbox) WriteConfig(file, addr string) error {
	if err := s.writeConfig(file, addr); err != nil {
		return fmt.Errorf("write the sandbox's config: %w", err)
	}
	return nil
}

func (s *Sandbox) writeConfig(file, addr string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	credentials, err := s.Keys(context.Background())
	if err != nil {
		return err
	}
	key, err := credentials.PrivateKeyPEM()
	if err != nil {
		return err
	}
	stem := strings.TrimSuffix(file, filepath.Ext(file))
	keyFile, secretFile, tokenFile := stem+"-private-key.pem", stem+"-client-secret", stem+"-customer-token"
	base := configProvider{
		BaseURL: "http://" + addr, ClientKey: credentials.ClientKey,
		PrivateKey: configSecret{keyFile}, ClientSecret: configSecret{secretFile},
	}
	config, err := json.MarshalIndent(s.config(base, configSecret{tokenFile}), "", "  ")
	if err != nil {
		return err
	}
	for _, part := range []struct {
		path string
		text []byte
	}{{keyFile, key}, {secretFile, credentials.ClientSecret}, {tokenFile, []byte(s.CustomerToken())}, {file, append(config, '\n')}} {
		if err := replaceFile(part.path, func(w io.Writer) error {
			_, err := w.Write(part.text)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// config is the profile of a partner that every provider knows as base says.
func (s *Sandbox) config(base configProvider, customerToken configSecret) configFile {
	as := func(dialect string) configProvider {
		p := base
		p.Dialect = dialect
		if dialect != payCools {
			p.MerchantID, p.ChannelID = s.MerchantID(), channelID
		}
		if dialect == paydia {
			p.CustomerToken = customerToken
		}
		return p
	}
	return configFile{Profile: "sandbox", Profiles: map[string]configProfile{"sandbox": {
		Sandbox:  true,
		Terminal: configTerminal{"T1"},
		Merchant: configMerchant{ID: s.MerchantID(), Name: "Sandbox Merchant"},
		Courier: api.Courier{
			No: "C001", Name: "Sandbox Courier", Mobile: "081200000001", RegionNo: "R01", BranchNo: "B01",
			Channel: defaultChannel,
		},
		Providers: map[string]configProvider{
			"paycools": as(payCools), "cpm": as(snapCPM), "paydia": as(paydia), "finnet": as(finnet),
		},
	}}}
}
