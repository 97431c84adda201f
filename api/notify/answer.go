package notify

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"cashier/api"
	"cashier/api/snap"
)

// answer is a response before it is written: a row of the catalogue (seed 003)
// for a service.
type answer struct {
	code   snap.Code
	detail string // the field's name or the reason; for us where the row has no place for it
	token  string // of the token endpoint
	alive  bool   // whatever became of it, a provider's notification arrived
}

// reply is the body (seed 003, service 79, response body: additionalInfo is
// optional; service 73).
type reply struct {
	ResponseCode    string `json:"responseCode"`
	ResponseMessage string `json:"responseMessage"`
	AccessToken     string `json:"accessToken,omitempty"`
	TokenType       string `json:"tokenType,omitempty"`
	ExpiresIn       string `json:"expiresIn,omitempty"`
}

// Rows of the catalogue that are answered.
var (
	done             = row{200, "00"}
	badRequest       = row{400, "00"}
	badFormat        = row{400, "01"}
	missingField     = row{400, "02"}
	unauthorized     = row{401, "00"}
	badToken         = row{401, "01"}
	noToken          = row{401, "03"}
	notFound         = row{404, "01"}
	noRoute          = row{404, "02"}
	wrongMethod      = row{405, "00"}
	conflict         = row{409, "00"}
	tooMany          = row{429, "00"}
	failure          = row{500, "00"}
	fieldPlaceholder = "{field name}"
)

type row struct {
	status int
	nth    string
}

func (r row) of(service, detail string) answer {
	return answer{code: snap.Code{HTTP: r.status, Service: service, Case: r.nth}, detail: detail}
}

func (a answer) is(r row) bool { return a.code.HTTP == r.status && a.code.Case == r.nth }

// message is the catalogue's, at most 150 characters (responseMessage). What
// the row has no place for is not told to the provider.
func (a answer) message() string {
	meaning, _ := snap.Lookup(a.code)
	text := strings.Replace(meaning.Message, fieldPlaceholder, a.detail, 1)
	text = strings.Replace(text, "[reason]", "["+a.detail+"]", 1)
	return api.Clean(text, 150)
}

// text is the answer for the person at the screen.
func (a answer) text() string {
	text := a.code.String() + " " + a.message()
	if a.detail != "" && !strings.Contains(text, a.detail) {
		text += ": " + a.detail
	}
	return api.Clean(text, 200)
}

func (s *Server) write(w http.ResponseWriter, a answer) {
	r := reply{ResponseCode: a.code.String(), ResponseMessage: a.message()}
	if a.token != "" {
		r.AccessToken, r.TokenType, r.ExpiresIn = a.token, "Bearer", strconv.Itoa(int(tokenLife.Seconds()))
	}
	body, err := json.Marshal(r)
	if err != nil { // five strings always encode
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set(snap.HeaderTimestamp, api.Timestamp(s.clock.Now()))
	switch {
	case a.is(tooMany):
		h.Set("Retry-After", "1")
	case a.is(wrongMethod):
		h.Set("Allow", http.MethodPost)
	}
	w.WriteHeader(a.code.HTTP)
	w.Write(body)
}
