package notify

import (
	"net/http"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/snap"
)

// verify checks a notification's signature over the bytes as they came, then
// over the minified ones, and never over a re-marshalled value. The digest is
// that of the minified body.
func (s *Server) verify(src *source, r *http.Request, body []byte, now time.Time) (sent time.Time, digest string, refused *answer) {
	no := func(r row, detail string) (time.Time, string, *answer) {
		a := r.of(src.Service, detail)
		return time.Time{}, "", &a
	}
	timestamp := r.Header.Get(snap.HeaderTimestamp)
	if timestamp == "" {
		return no(missingField, snap.HeaderTimestamp)
	}
	sent, err := api.ParseTimestamp(timestamp)
	if err != nil {
		return no(badFormat, snap.HeaderTimestamp)
	}
	text := r.Header.Get(snap.HeaderSignature)
	if text == "" {
		return no(missingField, snap.HeaderSignature)
	}
	signature, err := snap.DecodeSignature(text)
	if err != nil {
		return no(unauthorized, invalidSignature)
	}
	endpoint := src.endpoint(r)
	digests := snap.InboundDigests(body)
	digest = digests[len(digests)-1]
	if src.Kind == snap.Asymmetric {
		key, err := src.key.get()
		if err != nil {
			return no(failure, "public key: "+err.Error())
		}
		for _, d := range digests {
			if snap.VerifyRSA(key, snap.AsymmetricStringToSign(r.Method, endpoint, d, timestamp), signature) == nil {
				return sent, digest, nil
			}
		}
		return no(unauthorized, invalidSignature)
	}
	token, ok := bearer(r.Header)
	if !ok {
		return no(noToken, "")
	}
	if !s.tokens.good(token, src, now) {
		return no(badToken, "")
	}
	shared, err := src.shared.get()
	if err != nil {
		return no(failure, "client secret: "+err.Error())
	}
	for _, d := range digests {
		if snap.VerifyHMAC(shared, snap.SymmetricStringToSign(r.Method, endpoint, token, d, timestamp), signature) {
			return sent, digest, nil
		}
	}
	return no(unauthorized, invalidSignature)
}

const invalidSignature = "Invalid Signature"

// endpoint is the EndpointUrl that the source signed: path and query string as
// they were sent.
func (src *source) endpoint(r *http.Request) string {
	switch {
	case src.SignedPath != "" && r.URL.RawQuery != "":
		return src.SignedPath + "?" + r.URL.RawQuery
	case src.SignedPath != "":
		return src.SignedPath
	case strings.HasPrefix(r.RequestURI, "/"):
		return r.RequestURI
	}
	return r.URL.RequestURI() // of a request that names the host before the path
}

// bearer is the access token of a request.
func bearer(h http.Header) (string, bool) {
	scheme, token, ok := strings.Cut(strings.TrimSpace(h.Get(snap.HeaderAuthorization)), " ")
	token = strings.TrimSpace(token)
	return token, ok && token != "" && strings.EqualFold(scheme, "Bearer")
}

func stale(sent, now time.Time) bool { return now.Sub(sent).Abs() > Tolerance }
