package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api/snap"
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
	if _, err := snap.DecodeSignature(signature); err != nil {
		return usagef("--signature: %w", err)
	}
	l, err := f.parse(a)
	if err != nil {
		return err
	}
	known := l
	known.parts.Body = nil // what was received need not be JSON
	if _, _, err := known.text(); err != nil {
		return err
	}
	have, err := f.evidence(l.parts.Kind, true)
	if err != nil {
		return err
	}
	signed, valid := received(l.parts, have, signature)
	if !valid {
		have.Signature = signature
		l.parts = asReceived(l.parts)
		return &failure{exit: exitEnded, code: "signature-invalid", message: "the signature is not valid", advice: a.causes(l, have)}
	}
	j := verifiedJSON{true, a.shown(l, signed.text), signed.digest, signed.body}
	if a.json {
		return a.printJSON(j)
	}
	t := a.theme()
	fmt.Fprintln(a.out, t.Good("valid"))
	pairs(a.out, [2]string{"string to sign", j.StringToSign}, [2]string{"body digest", j.BodyDigest}, [2]string{"signed body", j.Body})
	return nil
}

// asReceived are the parts as a diagnosis needs them: a body that is no JSON
// counts by its digest alone.
func asReceived(p snap.Parts) snap.Parts {
	if _, err := snap.Minify(p.Body); err != nil {
		p.Digest, p.Body = snap.Digest(p.Body), nil
	}
	return p
}

// signedAs is what a received signature was made over. body is which bytes of
// it, "raw" or "minified"; empty where the kind covers none, or its digest was
// given.
type signedAs struct{ text, digest, body string }

// received checks the signature of a request as it came: over the raw bytes of
// its body first, then over the minified ones, never over one written anew.
func received(p snap.Parts, have snap.Evidence, signature string) (signedAs, bool) {
	given, err := snap.DecodeSignature(signature)
	if err != nil {
		return signedAs{}, false
	}
	tries := []signedAs{{digest: p.Digest}}
	if p.Kind != snap.ClientKey && p.Digest == "" {
		tries = nil
		for i, digest := range snap.InboundDigests(p.Body) {
			tries = append(tries, signedAs{digest: digest, body: []string{"raw", "minified"}[i]})
		}
	}
	p.Body = nil
	for _, try := range tries {
		p.Digest = try.digest
		if try.text, _, err = p.StringToSign(); err != nil {
			return signedAs{}, false
		}
		if p.Kind == snap.ClientKey {
			try.digest = ""
		}
		if p.Kind == snap.Symmetric && snap.VerifyHMAC(have.Secret, try.text, given) ||
			p.Kind != snap.Symmetric && have.PublicKey != nil && snap.VerifyRSA(have.PublicKey, try.text, given) == nil {
			return try, true
		}
	}
	return signedAs{}, false
}
