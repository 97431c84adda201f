package config

import (
	"strings"
	"testing"
)

func TestRetention(t *testing.T) {
	for _, c := range []struct {
		name, field string
		sandbox     bool
		want        int
		problem     string
	}{
		{name: "unsaid", want: 120},
		{name: "two years", field: `"retentionMonths": 24,`, want: 24},
		{name: "the least", field: `"retentionMonths": 12,`, want: 12},
		{name: "less", field: `"retentionMonths": 11,`, problem: "profiles.p.retentionMonths: must be a number of months from 12 to 1200; leave it out for 120 (ten years)"},
		{name: "nought", field: `"retentionMonths": 0,`, problem: "must be a number of months from 12 to 1200"},
		{name: "more than anybody lives", field: `"retentionMonths": 1201,`, problem: "must be a number of months from 12 to 1200"},
		{name: "a text", field: `"retentionMonths": "120",`, problem: "must be a whole number, without quotes"},
		{name: "of a sandbox", field: `"retentionMonths": 1,`, sandbox: true, want: 1},
		{name: "none of a sandbox", field: `"retentionMonths": -1,`, sandbox: true, problem: "must be a number of months from 1 to 1200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind := `"sandbox": true`
			if !c.sandbox {
				kind = `"providers": {"paycools": {"dialect": "paycools", "baseUrl": "https://p.example", "clientKey": "k", "privateKey": {"file": "k.pem"}}}`
			}
			got, err := parse("/etc/c.json", []byte(`{"profiles": {"p": {`+c.field+kind+`}}}`))
			switch {
			case c.problem != "":
				if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("got %v, want %s", err, c.problem)
				}
			case err != nil:
				t.Error(err)
			default:
				if n := got.Profiles["p"].Retention(); n != c.want {
					t.Errorf("%d months, want %d", n, c.want)
				}
			}
		})
	}
}
