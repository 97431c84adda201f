package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"cashier/api/snap"
	"cashier/ui/config"
)

func (a *app) signVerifyCommand() *cobra.Command {
	var f signFlags
	var signature string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the signature of a received request",
		Long: `Checks a signature over a body as it was received: the raw bytes first, then the
minified ones, never a body that was written anew. Exit codes: 0 it is valid;
4 it is not.`,
		Args: noArgs,
	}
	f.add(cmd, "kind", "method", "path", "body", "body-digest", "timestamp", "access-token-env", "client-secret-env", "public-key", "client-key")
	cmd.Flags().StringVar(&signature, "signature", "", "X-SIGNATURE, base64 or hex")
	cmd.RunE = a.run(func(*cobra.Command, []string) error { return a.verify(f, signature) })
	return cmd
}

// verifiedJSON is what sign verify answers for a valid signature.
type verifiedJSON struct {
	Valid        bool   `json:"valid"`
	StringToSign string `json:"stringToSign"`
	BodyDigest   string `json:"bodyDigest"`
	// Body is which bytes were signed: raw or minified; empty where the kind
	// covers no body, or its digest was given.
	Body string `json:"body"`
}

func (a *app) verify(f signFlags, signature string) error {
	if signature == "" {
		return usagef("name the signature with --signature")
	}
	given, err := snap.DecodeSignature(signature)
	if err != nil {
		return usagef("--signature: %w", err)
	}
	l, err := f.parse(a)
	if err != nil {
		return err
	}
	parts := l
	parts.parts.Body = nil // what was received need not be JSON
	if _, _, err := parts.text(); err != nil {
		return err
	}
	valid, err := f.verifier(l.parts.Kind, given)
	if err != nil {
		return err
	}
	for _, try := range l.received() {
		text := l.compose(try.digest)
		if !valid(text) {
			continue
		}
		j := verifiedJSON{true, a.shown(l, text), try.digest, try.body}
		if a.json {
			return a.printJSON(j)
		}
		t := a.theme()
		fmt.Fprintln(a.out, t.Good("valid"))
		pairs(a.out, [2]string{"string to sign", j.StringToSign}, [2]string{"body digest", j.BodyDigest}, [2]string{"signed body", j.Body})
		return nil
	}
	return &failure{exit: exitEnded, code: "signature-invalid", message: "the signature is not valid", advice: l.explain(valid)}
}

// candidate is a digest under which a body may have been signed.
type candidate struct{ digest, body string }

func (l lab) received() []candidate {
	switch {
	case l.parts.Kind == snap.ClientKey:
		return []candidate{{}}
	case l.digest != "":
		return []candidate{{digest: l.digest}}
	}
	var list []candidate
	for i, digest := range snap.InboundDigests(l.parts.Body) {
		list = append(list, candidate{digest, []string{"raw", "minified"}[i]})
	}
	return list
}

// verifier checks the given signature over a string.
func (f *signFlags) verifier(kind snap.Kind, given []byte) (func(text string) bool, error) {
	if kind == snap.Symmetric {
		if f.secretEnv == "" {
			return nil, usagef("a symmetric signature needs the client secret: name its variable with --client-secret-env")
		}
		secret, err := config.Secret{Env: f.secretEnv}.Read()
		if err != nil {
			return nil, configError{err}
		}
		return func(text string) bool { return snap.VerifyHMAC(secret, text, given) }, nil
	}
	if f.publicKey == "" {
		return nil, usagef("a signature of this kind needs --public-key FILE")
	}
	pem, err := os.ReadFile(f.publicKey)
	if err != nil {
		return nil, configError{fmt.Errorf("--public-key: %w", err)}
	}
	key, err := snap.ParsePublicKey(pem)
	if err != nil {
		return nil, configError{fmt.Errorf("--public-key %s: %w", f.publicKey, err)}
	}
	return func(text string) bool { return snap.VerifyRSA(key, text, given) == nil }, nil
}
