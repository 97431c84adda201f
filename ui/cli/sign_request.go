package cli

import (
	"crypto/subtle"
	"fmt"

	"github.com/spf13/cobra"

	"cashier/api/snap"
)

func (a *app) signRequestCommand() *cobra.Command {
	var f signFlags
	var expect string
	cmd := &cobra.Command{
		Use:   "request",
		Short: "Sign a request",
		Long: `Composes and signs the string to sign of a request. The body is minified
(insignificant white space alone), never written anew; path and timestamp are
taken as they are. Secrets come from variables and files and are never shown;
the access token stands in the string to sign and is masked there, except with
--json to a file or pipe.

With --expect the signature is compared: exit 4 when it differs, with what would
explain the difference, where something simple does.`,
		Args: noArgs,
	}
	f.add(cmd, "kind", "method", "path", "body", "body-digest", "timestamp", "access-token-env", "client-secret-env", "private-key",
		"client-key", "encoding")
	cmd.Flags().StringVar(&expect, "expect", "", "`SIGNATURE` to compare with, base64 or hex")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("expect") && expect == "" {
			return usagef("--expect is empty")
		}
		return a.sign(f, expect)
	})
	return cmd
}

func (a *app) sign(f signFlags, expect string) error {
	var expected []byte
	if expect != "" {
		var err error
		if expected, err = snap.DecodeSignature(expect); err != nil {
			return usagef("--expect: %w", err)
		}
	}
	l, err := f.parse(a)
	if err != nil {
		return err
	}
	text, digest, err := l.text()
	if err != nil {
		return err
	}
	have, err := f.evidence(l.parts.Kind, false)
	if err != nil {
		return err
	}
	signature, err := made(have, text)
	if err != nil {
		return err
	}
	if expect != "" && subtle.ConstantTimeCompare(signature, expected) != 1 {
		have.Signature, have.Encoding = expect, l.encoding
		return &failure{
			exit: exitEnded, code: "signature-differs", message: fmt.Sprintf("the signature differs: ours is %s", l.encoding.Encode(signature)),
			advice: a.causes(l, have),
		}
	}
	return a.answerSignature(signatureJSON{a.shown(l, text), digest, l.encoding.Encode(signature)})
}

// made is the signature of a text with a private key or else a secret.
func made(with snap.Evidence, text string) ([]byte, error) {
	if with.PrivateKey != nil {
		return snap.SignRSA(with.PrivateKey, text)
	}
	return snap.SignHMAC(with.Secret, text), nil
}
