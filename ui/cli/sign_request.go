package cli

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"strings"

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
	sign, err := f.signer(l.parts.Kind)
	if err != nil {
		return err
	}
	signature, err := sign(text)
	if err != nil {
		return err
	}
	if expect != "" && subtle.ConstantTimeCompare(signature, expected) != 1 {
		return &failure{
			exit: exitEnded, code: "signature-differs", message: fmt.Sprintf("the signature differs: ours is %s", l.encoding.Encode(signature)),
			advice: l.explain(func(text string) bool {
				other, err := sign(text)
				return err == nil && subtle.ConstantTimeCompare(other, expected) == 1
			}),
		}
	}
	return a.answerSignature(signatureJSON{a.shown(l, text), digest, l.encoding.Encode(signature)})
}

// explain tries the mistakes that are made most often and names the one that
// gives the signature in question.
func (l lab) explain(fits func(text string) bool) string {
	try := func(change func(*lab), digest string) bool {
		other := l
		change(&other)
		return fits(other.compose(digest))
	}
	same := func(*lab) {}
	minified, err := l.parts.Minified()
	if err != nil {
		minified = l.parts.Body
	}
	digest := cmp.Or(l.digest, snap.Digest(minified))
	switch bare, _, query := strings.Cut(l.parts.Endpoint, "?"); {
	case l.digest == "" && try(same, snap.Digest(l.parts.Body)):
		return "It fits the body as it stands: sign the minified one."
	case l.digest == "" && try(same, snap.Digest(rewritten(minified))):
		return "It fits a body that was written anew (other order or escapes): sign the bytes that are sent."
	case try(same, strings.ToUpper(digest)):
		return "It fits a digest in capitals: the digest is lowercase hex."
	case try(same, snap.Digest(nil)):
		return "It fits a request without a body."
	case query && try(func(l *lab) { l.parts.Endpoint = bare }, digest):
		return "It fits the path without its query string: sign the path exactly as it is sent."
	case try(func(l *lab) { l.parts.Endpoint = strings.TrimSuffix(bare, "/") + "/" }, digest):
		return "It fits the path with a slash at its end."
	case try(func(l *lab) { l.parts.Method = strings.ToLower(l.parts.Method) }, digest):
		return "It fits the method in small letters."
	case l.parts.Kind == snap.Symmetric && try(func(l *lab) { l.parts.AccessToken = "Bearer " + l.parts.AccessToken }, digest):
		return `It fits the access token with "Bearer " before it.`
	case try(func(l *lab) { l.parts.Kind = snap.Asymmetric }, digest):
		return "It fits an asymmetric string to sign, without access token."
	case l.parts.ClientKey != "" && try(func(l *lab) { l.parts.Kind = snap.ClientKey }, ""):
		return "It fits the string to sign of an access token request."
	}
	return "No simple mistake explains it: compare timestamp, path, body and key."
}

// rewritten is a body as encoding/json writes it from a map: the mistake of
// signing what was decoded and encoded again.
func rewritten(body []byte) []byte {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return body
	}
	again, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return again
}
