package views

import (
	"context"
	"strings"
	"testing"
	"time"

	"cashier/api/snap"
)

// Verify finds what a test says.
func (f *fakeLive) Verify(_ context.Context, in LabInput) (LabVerdict, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inputs = append(f.inputs, in)
	body, err := snap.Minify([]byte(in.Body))
	if err != nil {
		return LabVerdict{}, err
	}
	return LabVerdict{
		Valid: len(f.found) == 0, Signed: "raw", Findings: f.found,
		LabResult: LabResult{
			Minified: string(body), Digest: snap.Digest(body), Signature: in.Signature,
			StringToSign: snap.SymmetricStringToSign(in.Method, in.Path, "****", snap.Digest(body), in.Timestamp),
		},
	}, f.labErr
}

// cameIn is a notification as it came.
func cameIn(path string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\nAuthorization: Bearer " + labToken +
		"\r\nX-TIMESTAMP: 2026-11-20T15:02:43+07:00\r\nX-SIGNATURE: c2lnbmF0dXJlLW9mLXRoZS1wcm92aWRlcg==\r\n\r\n" +
		`{"originalReferenceNo":"2020102977770000000009","latestTransactionStatus":"00"}`
}

// A request that is pasted whole fills everything in; its token is used and
// never shown.
func TestSignLabJudgesWhatCameIn(t *testing.T) {
	runLive(t, options{}, func(p *program, f *fakeLive) {
		p.press("s")
		p.filming = true
		p.paste(cameIn("/notify"))
		p.want("cpm → /notify", "Taken: 5 headers, 79 bytes of body.", "c2lnbmF0dXJl")
		p.wantNot("Token variable", "Secret variable")
		p.press("ctrl+s")
		p.want("✓ valid: signed over the body as it came", "POST:/notify:****:")
		in := f.inputs[len(f.inputs)-1]
		if in.Source != "from cpm" || in.Kind != "symmetric" || in.Method != "POST" || in.Timestamp != "2026-11-20T15:02:43+07:00" ||
			in.Token != labToken || in.Signature != "c2lnbmF0dXJlLW9mLXRoZS1wcm92aWRlcg==" || !strings.Contains(in.Body, "latestTransactionStatus") {
			t.Errorf("%+v", in)
		}
		f.found = []LabFinding{{Cause: "query", At: -1}, {Cause: "secret", At: -1}}
		p.press("esc", "ctrl+s")
		p.want("✗ not valid:", "The query string is missing", "another client secret")

		// From somebody whom the profile does not know, the keys are named.
		p.pass(7 * time.Second)
		p.paste(strings.Replace(cameIn("https://shop.example/other?a=1"), "Authorization: Bearer "+labToken+"\r\n", "", 1))
		p.want("Public key file", "/other?a=1", "asymmetric")
		p.press("ctrl+s")
		p.want("This is needed.")
		p.write("provider.pem")
		p.press("ctrl+s")
		if in := f.inputs[len(f.inputs)-1]; in.Source != "" || in.KeyFile != "provider.pem" || in.Token != "" || in.Kind != "asymmetric" {
			t.Errorf("%+v", in)
		}
		// And back to requests of our own.
		p.press("esc", "ctrl+r")
		p.want("CPM · payment (60)")
		p.wantNot("X-SIGNATURE")
		p.press("ctrl+r")
		f.labErr = errLab
		p.paste(cameIn("/notify"))
		p.press("ctrl+s")
		p.want("It cannot be checked: open key.pem")
		for _, frame := range p.film {
			if strings.Contains(strings.ReplaceAll(frame, "\n", ""), labToken[:20]) {
				t.Fatalf("the token was shown:\n%s", frame)
			}
		}
	})
}
