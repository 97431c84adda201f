package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cashier/api/snap"
	"cashier/ui/config"
	"cashier/ui/words"
)

func (a *app) signCommand() *cobra.Command {
	return group("sign", "Compose and check BI SNAP signatures", a.signTokenCommand(), a.signRequestCommand(), a.signVerifyCommand())
}

// signed request parts as flags; a command has those that it names.
type signFlags struct {
	kind, method, path, body, digest, timestamp        string
	tokenEnv, secretEnv, privateKey, publicKey, client string
	encoding                                           string
}

func (f *signFlags) add(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		switch name {
		case "kind":
			cmd.Flags().StringVar(&f.kind, name, "", "`KIND`: symmetric, asymmetric or client-key")
		case "method":
			cmd.Flags().StringVar(&f.method, name, "POST", "HTTP `METHOD`")
		case "path":
			cmd.Flags().StringVar(&f.path, name, "", "relative `PATH` exactly as sent, with prefix and query")
		case "body":
			cmd.Flags().StringVar(&f.body, name, "", "`FILE` of the body, - for standard input (default: no body)")
		case "body-digest":
			cmd.Flags().StringVar(&f.digest, name, "", "lowercase hex SHA-256 of the minified body, where the body is not known")
		case "timestamp":
			cmd.Flags().StringVar(&f.timestamp, name, "", "X-TIMESTAMP, taken as it is")
		case "access-token-env":
			cmd.Flags().StringVar(&f.tokenEnv, name, "", "environment `VARIABLE` with the access token")
		case "client-secret-env":
			cmd.Flags().StringVar(&f.secretEnv, name, "", "environment `VARIABLE` with the client secret")
		case "private-key":
			cmd.Flags().StringVar(&f.privateKey, name, "", "`FILE` of the private key (PKCS#1 or PKCS#8)")
		case "public-key":
			cmd.Flags().StringVar(&f.publicKey, name, "", "`FILE` of the public key or certificate")
		case "client-key":
			cmd.Flags().StringVar(&f.client, name, "", "client `KEY` (X-CLIENT-KEY)")
		case "encoding":
			cmd.Flags().StringVar(&f.encoding, name, "base64", "`ENCODING` of the signature: base64 or hex")
		}
	}
}

// lab is what a signature is made of, read from flags, files and environment.
type lab struct {
	parts    snap.Parts
	encoding snap.Encoding
	token    string
}

// parse checks the flags before anything secret is read.
func (f *signFlags) parse(a *app) (lab, error) {
	var l lab
	var err error
	if l.encoding, err = snap.ParseEncoding(f.encoding); err != nil {
		return l, usagef("--encoding: %w", err)
	}
	kind, err := snap.ParseKind(f.kind)
	if err != nil {
		return l, usagef("--kind: %w", err)
	}
	l.parts = snap.Parts{Kind: kind, Method: f.method, Endpoint: f.path, ClientKey: f.client, Timestamp: f.timestamp, Digest: f.digest}
	if kind == snap.Symmetric {
		if f.tokenEnv == "" {
			return l, usagef("a symmetric signature covers the access token: name its variable with --access-token-env")
		}
		token, err := config.Secret{Env: f.tokenEnv}.Read()
		if err != nil {
			return l, configError{err}
		}
		l.parts.AccessToken, l.token = string(token), string(token)
	}
	switch {
	case f.body != "" && f.digest != "":
		return l, usagef("give --body or --body-digest, not both")
	case f.digest != "" && (len(f.digest) != 64 || strings.Trim(f.digest, "0123456789abcdef") != ""):
		return l, usagef("--body-digest must be 64 lowercase hex digits")
	case f.body == "-":
		l.parts.Body, err = io.ReadAll(io.LimitReader(a.in, maxBody+1))
	case f.body != "":
		l.parts.Body, err = readBody(f.body)
	}
	if err != nil {
		return l, usagef("--body: %w", err)
	}
	if len(l.parts.Body) > maxBody {
		return l, usagef("--body is larger than %d bytes", maxBody)
	}
	return l, nil
}

// maxBody is the largest body that is signed, in bytes.
const maxBody = 1 << 20

func readBody(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBody+1))
}

// text is the string to sign and the digest in it; a part that is missing is a
// usage error.
func (l lab) text() (text, digest string, err error) {
	if text, digest, err = l.parts.StringToSign(); err != nil {
		return "", "", usageError{err}
	}
	return text, digest, nil
}

// causes say why a signature differs, in the words of the sign lab's screen.
func (a *app) causes(l lab, have snap.Evidence) string {
	var out []string
	for _, f := range snap.Diagnose(l.parts, have) {
		key := words.Key("lab.cause." + string(f.Cause))
		text := f.Detail
		if words.Has(key) {
			text = a.words.T(key)
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// shown is a string to sign as it may be seen: a script gets it verbatim, on a
// screen only the token's end stands.
func (a *app) shown(l lab, text string) string {
	if l.token == "" || a.json && !isTerminal(a.out) {
		return text
	}
	masked := "…"
	if n := len(l.token); n >= 16 {
		masked += l.token[n-4:]
	}
	return strings.Replace(text, ":"+l.token+":", ":"+masked+":", 1)
}

// signatureJSON is what sign token and sign request answer.
type signatureJSON struct {
	StringToSign string `json:"stringToSign"`
	BodyDigest   string `json:"bodyDigest"`
	Signature    string `json:"signature"`
}

func (a *app) answerSignature(j signatureJSON) error {
	if a.json {
		return a.printJSON(j)
	}
	t := a.theme()
	pairs(a.out,
		[2]string{"string to sign", j.StringToSign},
		[2]string{"body digest", j.BodyDigest},
		[2]string{"signature", t.Strong(j.Signature)},
	)
	return nil
}

// evidence is what a signature of the kind is made or checked with: the secret,
// or the private key, or with public the other side's public key.
func (f *signFlags) evidence(kind snap.Kind, public bool) (snap.Evidence, error) {
	switch {
	case kind == snap.Symmetric:
		if f.secretEnv == "" {
			return snap.Evidence{}, usagef("a symmetric signature needs the client secret: name its variable with --client-secret-env")
		}
		secret, err := config.Secret{Env: f.secretEnv}.Read()
		if err != nil {
			return snap.Evidence{}, configError{err}
		}
		return snap.Evidence{Secret: secret}, nil
	case public:
		if f.publicKey == "" {
			return snap.Evidence{}, usagef("a signature of this kind needs --public-key FILE")
		}
		key, err := config.PublicKey{File: f.publicKey}.Read()
		if err != nil {
			return snap.Evidence{}, configError{fmt.Errorf("--public-key: %w", err)}
		}
		return snap.Evidence{PublicKey: key}, nil
	}
	if f.privateKey == "" {
		return snap.Evidence{}, usagef("a signature of this kind needs --private-key FILE")
	}
	key, err := config.Secret{File: f.privateKey}.PrivateKey()
	if err != nil {
		return snap.Evidence{}, configError{fmt.Errorf("--private-key: %w", err)}
	}
	return snap.Evidence{PrivateKey: key}, nil
}
