package views

import (
	"encoding/json"
	"strings"
	"unicode"

	"cashier/api"
	"cashier/ui"
	"cashier/ui/words"
)

// courierSetting is the setting that keeps the courier of the last user id.
const courierSetting = "courier"

// recallCourier takes the courier of last time; without one the config's
// stays.
func (d *desk) recallCourier() {
	saved, err := d.Settings.Setting(courierSetting)
	if err != nil || len(saved) == 0 {
		return
	}
	var c api.Courier
	if json.Unmarshal(saved, &c) == nil && c != (api.Courier{}) {
		d.courier = c
	}
}

// keepCourier remembers the courier for the next start. A failure is not
// told: it costs some typing, and a journal that cannot be written says so
// itself when the request is recorded.
func (d *desk) keepCourier(c api.Courier) {
	if saved, err := json.Marshal(c); err == nil {
		_ = d.Settings.SetSetting(courierSetting, saved)
	}
}

// courierField is one line of the form.
type courierField struct {
	name     string // on the wire (seed 001, QrGenerateAdditionalInfo)
	value    func(*api.Courier) *string
	optional bool
	keep     func(rune) bool
	check    func(string) words.Key // the format's fault, "" for none
}

var courierFields = []courierField{
	{name: "courierNo", value: func(c *api.Courier) *string { return &c.No }, keep: inNumber},
	{name: "courierName", value: func(c *api.Courier) *string { return &c.Name }, keep: unicode.IsPrint},
	{name: "courierMobile", value: func(c *api.Courier) *string { return &c.Mobile }, keep: inMobile, check: checkMobile},
	{name: "regionNo", value: func(c *api.Courier) *string { return &c.RegionNo }, keep: inNumber},
	{name: "branchNo", value: func(c *api.Courier) *string { return &c.BranchNo }, keep: inNumber},
	{name: "notifyUrl", value: func(c *api.Courier) *string { return &c.NotifyURL }, optional: true, keep: inAddress, check: checkAddress},
	{name: "channelCode", value: func(c *api.Courier) *string { return &c.Channel }, optional: true, keep: inNumber},
}

// inNumber: the providers' numbers are letters and digits as often as digits.
func inNumber(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./ ", r))
}

func inMobile(r rune) bool  { return r >= '0' && r <= '9' || strings.ContainsRune("+- ", r) }
func inAddress(r rune) bool { return r > ' ' && r < unicode.MaxASCII }

// checkMobile wants 8 to 15 digits (ITU-T E.164 has at most 15), with or
// without a plus before them; spaces and dashes between them are typing aids.
func checkMobile(value string) words.Key {
	digits := strings.TrimPrefix(plainMobile(value), "+")
	if len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "cdm.bad-mobile"
	}
	return ""
}

func plainMobile(value string) string { return strings.NewReplacer(" ", "", "-", "").Replace(value) }

// checkAddress wants something that can be an address; the document's sample
// has none with https:// before it.
func checkAddress(value string) words.Key {
	bare := strings.TrimPrefix(strings.TrimPrefix(value, "https://"), "http://")
	host, _, _ := strings.Cut(bare, "/")
	if !strings.Contains(host, ".") || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") || strings.Contains(bare, "://") {
		return "cdm.bad-address"
	}
	return ""
}

// fieldLabel is what people call a field; path may stand before its name.
func (d *desk) fieldLabel(field string) string {
	name := field[strings.LastIndex(field, ".")+1:]
	if key := words.Key("courier." + name); words.Has(key) {
		return d.T(key)
	}
	return field
}

// formFields are the form's lines for a courier; the optional ones only when
// all is set.
func (d *desk) formFields(c api.Courier, all bool) []ui.Field {
	var out []ui.Field
	for _, f := range courierFields {
		if f.optional && !all {
			continue
		}
		value, most := *f.value(&c), d.limit(f.name)
		limit := 0
		if most > 0 {
			limit = max(most, len([]rune(value))) // a remembered value that is too long is shown whole
		}
		hint := ""
		if key := words.Key("courier." + f.name + "-hint"); words.Has(key) {
			hint = d.T(key)
		}
		out = append(out, ui.Field{
			Name: f.name, Label: d.fieldLabel(f.name), Hint: hint, Value: value, Limit: limit, Keep: f.keep,
			Check: func(v string) string { return d.fieldFault(f, v, most) },
		})
	}
	return out
}

// fieldFault says what is wrong with a value, "" when nothing is.
func (d *desk) fieldFault(f courierField, value string, most int) string {
	have := len([]rune(value))
	switch {
	case have == 0 && f.optional:
		return ""
	case have == 0:
		return d.T("cdm.needed", "provider", d.Provider)
	case most > 0 && have > most:
		return d.T("cdm.too-long", "have", have, "max", most)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return !f.keep(r) }) {
		return d.T("cdm.bad-characters")
	}
	if f.check != nil {
		if key := f.check(value); key != "" {
			return d.T(key)
		}
	}
	return ""
}

// courierOf reads a form. What it does not show stays as it is in base.
func courierOf(form *ui.Form, base api.Courier) api.Courier {
	values := form.Values()
	for _, f := range courierFields {
		if v, ok := values[f.name]; ok {
			*f.value(&base) = v
		}
	}
	base.Mobile = plainMobile(base.Mobile)
	return base
}

// courierPairs shows a courier whole.
func (d *desk) courierPairs(c api.Courier) []ui.Pair {
	var out []ui.Pair
	for _, f := range courierFields {
		value := *f.value(&c)
		if value == "" && f.optional {
			continue
		}
		out = append(out, ui.Pair{Label: d.fieldLabel(f.name), Value: value})
	}
	return out
}
