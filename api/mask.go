package api

import (
	"regexp"
	"strings"
	"sync"
)

// MaskNumber is an account or card number as it may be kept: its last four
// characters, or none of one that is too short to hide behind them.
func MaskNumber(number string) string {
	runes := []rune(number)
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) < 8:
		return "****"
	}
	return "****" + string(runes[len(runes)-4:])
}

// MaskName is a person's name as it may be kept: its initials.
func MaskName(name string) string {
	var b strings.Builder
	for part := range strings.FieldsSeq(name) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, r := range part {
			b.WriteRune(r)
			break
		}
		b.WriteByte('.')
	}
	return b.String()
}

// longNumber is 12 to 19 digits: as they stand, or in groups of four as a card
// has them. Longer ones are references.
var longNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9]{4}(?:[ -][0-9]{4}){2,3}(?:[ -][0-9]{1,4})?|[0-9]{12,}`)
})

// MaskText is a sentence of a provider with no more of a long number, which may
// be a card or a telephone, than its last four digits.
func MaskText(sentence Text) Text {
	if strings.IndexFunc(string(sentence), func(r rune) bool { return r >= '0' && r <= '9' }) < 0 {
		return sentence
	}
	return Text(longNumber().ReplaceAllStringFunc(string(sentence), func(s string) string {
		if n := len(s) - strings.Count(s, " ") - strings.Count(s, "-"); n > 19 {
			return s
		}
		return MaskNumber(s)
	}))
}

// MaskField is a field of an answer that no table describes, such as those of
// additionalInfo, as it may be kept and shown: by its name card and account
// numbers are masked, persons' names are initials, tokens are hidden; of what
// is left, long numbers are masked, but for those that name the transaction or
// the merchant.
func MaskField(name string, value Text) Text {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	plain = strings.TrimRight(plain, ".0123456789") // places in a list
	ends := func(words ...string) bool {
		for _, w := range words {
			if strings.HasSuffix(plain, w) {
				return true
			}
		}
		return false
	}
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(plain, w) {
				return true
			}
		}
		return false
	}
	person := has("cust", "payer", "payor", "holder", "account", "destination", "beneficiary", "consumer", "debtor", "user", "card")
	switch {
	case value == "":
		return ""
	case has("token", "secret", "password", "track2", "qrcontent"):
		return "****"
	case ends("pan"), has("phone", "mobile", "msisdn", "email"), person && ends("number", "no", "num", "id"):
		return Text(MaskNumber(string(value)))
	case person && has("name"):
		return Text(MaskName(string(value)))
	case strings.HasPrefix(string(value), qrisCard) && len(value) >= 16 && len(value) <= 19 && digits(string(value)):
		return Text(MaskNumber(string(value))) // wherever it stands
	case ends("rrn", "nmid", "merchantid", "referenceno", "transactionid", "trxid", "invoiceno", "terminalid", "stan", "time", "date") || strings.HasPrefix(plain, "nns"):
		return value
	}
	return MaskText(value)
}

// qrisCard is what every account number of QRIS begins with: 9360, and the
// bank's four digits.
const qrisCard = "9360"

// unquoted is a provider's sentence without what it quotes of a secret: twelve
// characters or more of it, or the whole.
func unquoted(message Text, secrets ...string) Text {
	for word := range strings.FieldsFuncSeq(string(message), func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("+/=_-", r)
	}) {
		for _, secret := range secrets {
			if secret != "" && (len(word) >= 12 && strings.Contains(secret, word) || len(secret) >= 6 && strings.Contains(word, secret)) {
				message = Text(strings.ReplaceAll(string(message), word, "***"))
			}
		}
	}
	return message
}
