package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cashier/api"
)

// Amount is rupiah, written as [api.ParseTyped] reads it: "5000000" or
// "5000000.50".
type Amount api.Amount

// MarshalText writes the amount as the config file does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(api.Amount(a).Value()), nil }

func (a Amount) String() string { return api.Amount(a).String() }

func (d *decoder) amount(n node, into *Amount, path string) {
	const cure = `write digits in quotes, without separators of thousands, such as "5000000" or "5000000.50"`
	text, isText := n.value.(string)
	amount, err := api.ParseTyped(text)
	switch {
	case !isText || err != nil:
		d.fail(path, "is no amount of rupiah; %s", cure)
	case amount.Zero():
		d.fail(path, "is nought: no payment could be made; write more, or leave the field out")
	default:
		*into = Amount(amount)
	}
}

func (p Profile) shop() api.Shop {
	m := p.Merchant
	return api.Shop{SubMerchantID: m.SubID, StoreID: m.Store, Name: m.Name, Location: m.Location, Acquirer: m.Acquirer}
}

// statuses are the document's with the profile's digits in their place; nil
// where the profile says nothing.
func (p Provider) statuses() map[string]api.PaymentStatus {
	if len(p.Statuses) == 0 {
		return nil
	}
	all := api.DefaultStatuses()
	maps.Copy(all, p.Statuses)
	return all
}

// prefix is what stands before the customer's token, its space included.
func (p Provider) prefix() string {
	word := dialects[p.Dialect].prefix
	if p.CustomerPrefix != nil {
		word = *p.CustomerPrefix
	}
	if word == "" {
		return ""
	}
	return word + " "
}

var (
	statusPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{2}$`) })
	fieldPattern  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`) })
	prefixWord    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[!-~]{0,32}$`) })
)

// payment looks at what a provider's contract says of payments.
func (d *decoder) payment(p *Provider, row dialect, known bool, path string) {
	for _, field := range []string{"statuses", "expiry", "customerToken", "consent", "customerPrefix", "userAccessToken", "originalService"} {
		if at := path + "." + field; known && d.has(at) && !slices.Contains(row.takes, field) {
			d.fail(at, "is nothing that the dialect %s has a use for; remove it", p.Dialect)
		}
	}
	d.oneOf(path+".expiry", string(p.Expiry), string(api.ExpiryISO), string(api.ExpirySeconds), string(api.ExpiryNumber))
	d.consent(p, path)
	if at := path + ".customerPrefix"; p.CustomerPrefix != nil && !d.failed(at) {
		switch {
		case !prefixWord().MatchString(*p.CustomerPrefix):
			d.fail(at, `is no word of 32 ASCII characters at most; write it without the space behind it, such as "Bearer"`)
		case p.CustomerToken.IsZero() && p.Consent.isZero() && !d.failedWithin(path+".customerToken") && !d.failedWithin(path+".consent"):
			d.fail(at, "stands before the customer's token, which is missing; add customerToken or consent, or remove this")
		}
	}
	if at := path + ".originalService"; d.has(at) && !d.failed(at) && !statusPattern().MatchString(p.OriginalService) {
		d.fail(at, `is no service; write the two digits of the one that made the payments, such as "47"`)
	}
	d.statuses(p, path+".statuses")
	d.spellings(p, path+".spellings")
}

func (d *decoder) statuses(p *Provider, path string) {
	words := []string{
		string(api.StatusPaid), string(api.StatusPending), string(api.StatusRefunded),
		string(api.StatusCancelled), string(api.StatusFailed), string(api.StatusNotFound),
	}
	for _, digits := range slices.Sorted(maps.Keys(p.Statuses)) {
		at := join(path, digits)
		if !statusPattern().MatchString(digits) {
			d.fail(at, `is no status; write its two digits as the name, such as "02":"paid"`)
		}
		d.oneOf(at, string(p.Statuses[digits]), words...)
	}
	// Without one nothing could ever be paid.
	paid := slices.Contains(slices.Collect(maps.Values(p.statuses())), api.StatusPaid)
	if len(p.Statuses) > 0 && !paid && !d.failedWithin(path) {
		d.fail(path, `leaves no status that means paid; write which one does, such as "02":"paid"`)
	}
}

func (d *decoder) spellings(p *Provider, path string) {
	taken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(p.Spellings)) {
		at, theirs := join(path, name), p.Spellings[name]
		switch {
		case d.failed(at):
		case !fieldPattern().MatchString(name) || !fieldPattern().MatchString(theirs):
			d.fail(at, `is no pair of field names; write the document's and then the provider's, such as "externalStoreID":"externalStoreId"`)
		case taken[theirs]:
			d.fail(at, "has the provider's name of another field too; give each its own")
		case strings.EqualFold(theirs, "responseCode") != strings.EqualFold(name, "responseCode"):
			d.fail(at, "would take another field for the responseCode; remove it")
		}
		taken[theirs] = true
	}
}
