package config

import "cmp"

// DefaultRetention is how many whole months before the present one a journal
// keeps where a profile says nothing: ten years, as long as Indonesian law has
// company documents kept (Law 8/1997 on company documents, article 11).
const DefaultRetention = 120

// leastRetention is what a profile of real money may go down to: with less, last
// year's payments could not be looked up any more. The sandbox keeps a month.
const (
	leastRetention        = 12
	leastSandboxRetention = 1
	mostRetention         = 1200
)

// Retention is how many whole months before the present one are kept.
func (p Profile) Retention() int { return cmp.Or(p.RetentionMonths, DefaultRetention) }

func (d *decoder) retention(p *Profile, path string) {
	at, least := path+".retentionMonths", leastRetention
	if p.Sandbox {
		least = leastSandboxRetention
	}
	if n := p.RetentionMonths; d.has(at) && !d.failed(at) && (n < least || n > mostRetention) {
		d.fail(at, "must be a number of months from %d to %d; leave it out for %d (ten years)", least, mostRetention, DefaultRetention)
	}
}
