package cli

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"cashier/api/cpm"
	"cashier/api/paycools"
	"cashier/api/sandbox"
)

// writeSandboxConfig writes a config for processes that talk to a sandbox, with
// who notifies, and the key that verifies that beside it.
func writeSandboxConfig(ctx context.Context, box *sandbox.Sandbox, file, addr string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	credentials, err := box.Keys(ctx)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(credentials.ProviderKey)
	if err != nil {
		return err
	}
	publicKey := strings.TrimSuffix(file, filepath.Ext(file)) + "-provider-key.pem"
	if err := writeText(publicKey, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})); err != nil {
		return err
	}
	if err := box.WriteConfig(file, addr); err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if text, err = withNotify(text, publicKey); err != nil {
		return fmt.Errorf("write the sandbox's config: %w", err)
	}
	return writeText(file, text)
}

// withNotify adds who notifies to every profile of a config.
func withNotify(text []byte, publicKey string) ([]byte, error) {
	var config struct {
		Profile  string                                `json:"profile"`
		Profiles map[string]map[string]json.RawMessage `json:"profiles"`
	}
	if err := json.Unmarshal(text, &config); err != nil {
		return nil, err
	}
	sources, err := json.Marshal(map[string]any{"sources": map[string]any{
		embeddedPayments: map[string]any{"dialect": cpm.Dialect, "signature": "asymmetric", "publicKey": map[string]string{"file": publicKey}},
		paycools.Dialect: map[string]any{"dialect": paycools.Dialect},
	}})
	if err != nil {
		return nil, err
	}
	for _, profile := range config.Profiles {
		profile["notify"] = sources
	}
	text, err = json.MarshalIndent(config, "", "  ")
	return append(text, '\n'), err
}

func writeText(path string, text []byte) error {
	return writeFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
