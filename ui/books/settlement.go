package books

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"cashier/api"
)

// Mapping is how a provider writes its settlement files. The zero value finds
// everything by what is usual.
type Mapping struct {
	Separator byte // 0: found in the first line
	Decimal   byte // '.' or ',' before the sen; 0: '.'
	NoHeader  bool // the first line is data, and columns are numbers
	// Columns: what is compared -> the column's name, or its number from 1.
	Columns        map[string]string
	Layout         string         // of times; empty: the usual ones
	Zone           *time.Location // of times that name none; nil: Jakarta
	Paid, Refunded []string       // words of the status column; empty: the usual ones
}

// What columns tell.
const (
	columnReference = "reference"         // ours: partnerReferenceNo
	columnProvider  = "providerReference" // theirs: referenceNo
	columnAmount    = "amount"
	columnCurrency  = "currency"
	columnTime      = "time"
	columnStatus    = "status"
)

// known are the names that columns usually have, in letters and digits alone,
// the likeliest first; English and Indonesian.
var known = map[string][]string{
	columnReference: {"partnerreferenceno", "originalpartnerreferenceno", "partnerreference", "partnerreferencenumber", "partnerrefno", "partnerref", "merchantreferenceno",
		"merchantreference", "merchantrefno", "merchantref", "merchanttransactionid", "merchanttrxid", "orderid", "orderno", "invoiceno", "invoicenumber", "noinvoice"},
	columnProvider: {"originalreferenceno", "providerreference", "providerreferenceno", "referenceno", "referencenumber", "channelreferno", "reference", "refno", "noreferensi",
		"referensi", "rrn", "transactionid", "trxid", "idtransaksi"},
	columnAmount:   {"amount", "transactionamount", "amountvalue", "grossamount", "gross", "paidamount", "totalamount", "nominal", "jumlah", "nilai"},
	columnCurrency: {"currency", "amountcurrency", "currencycode", "ccy", "matauang"},
	columnTime: {"transactiontime", "transactiondatetime", "transactiondate", "paidtime", "paymenttime", "paymentdate", "datetime", "createtime", "createdat",
		"tanggaltransaksi", "waktutransaksi", "time", "date", "waktu", "tanggal"},
	columnStatus: {"latesttransactionstatus", "transactionstatus", "paymentstatus", "status", "statustransaksi", "state"},
}

// Words of status columns.
var (
	paidWords     = []string{"paid", "success", "successful", "succeeded", "settled", "settlement", "completed", "complete", "approved", "00", "lunas", "sukses", "berhasil"}
	refundedWords = []string{"refund", "refunded", "reversed", "reversal", "void", "04", "dikembalikan", "retur"}
)

// layouts are those tried for times without a format.
var layouts = []string{
	time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "02/01/2006 15:04:05", "02/01/2006 15:04", "2006/01/02 15:04:05",
	"02-01-2006 15:04:05", "20060102150405", time.DateOnly, "02/01/2006", "02-01-2006", "20060102",
}

// says is what a line says of its payment.
type says byte

const (
	saysPaid says = iota
	saysRefunded
	saysOther // a word that counts as neither
)

// entry is one line of a settlement file.
type entry struct {
	line                int
	reference, provider string
	minor               int64 // hundredths, never negative
	currency            string
	at                  time.Time // zero where there is no time
	says                says
	word                string // of the status column
}

// settlement reads the entries of a file.
type settlement struct {
	t       *table
	m       Mapping
	columns map[string]int
	titles  []string
	keyless int // lines without a reference, such as sums at the end
}

func newSettlement(r io.Reader, m Mapping) (*settlement, error) {
	t, err := newTable(r, m.Separator)
	if err != nil {
		return nil, err
	}
	s := &settlement{t: t, m: m, columns: map[string]int{}}
	if m.Zone == nil {
		s.m.Zone = api.Jakarta
	}
	if m.Decimal == 0 {
		s.m.Decimal = '.'
	}
	if !m.NoHeader {
		fields, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil, &FileError{Line: 1, Reason: "the file is empty"}
		}
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			s.titles = append(s.titles, api.Clean(strings.TrimSpace(f), 60))
		}
	}
	if err := s.find(); err != nil {
		return nil, err
	}
	return s, nil
}

// find finds the columns by the mapping, else by their usual names.
func (s *settlement) find() error {
	for what, names := range known {
		if name := strings.TrimSpace(s.m.Columns[what]); name != "" {
			i := slices.IndexFunc(s.titles, func(t string) bool { return strings.EqualFold(t, name) })
			if n, err := strconv.Atoi(name); i < 0 && err == nil && n >= 1 && (s.titles == nil || n <= len(s.titles)) {
				i = n - 1
			}
			if i < 0 {
				return &FileError{Line: 1, Reason: fmt.Sprintf("there is no column %q for the %s; correct settlement.columns in the config: the columns are %s", name, what, s.listed())}
			}
			s.columns[what] = i
			continue
		}
		if s.m.NoHeader {
			continue
		}
		for _, name := range names {
			if i := slices.IndexFunc(s.titles, func(t string) bool { return bare(t) == name }); i >= 0 {
				s.columns[what] = i
				break
			}
		}
	}
	_, byOurs := s.columns[columnReference]
	_, byTheirs := s.columns[columnProvider]
	_, amount := s.columns[columnAmount]
	missing := ""
	switch {
	case !byOurs && !byTheirs:
		missing = columnReference
	case !amount:
		missing = columnAmount
	default:
		return nil
	}
	return &FileError{Line: 1, Reason: fmt.Sprintf("no column is known to be the %s; name it in settlement.columns of the provider in the config: the columns are %s", missing, s.listed())}
}

// bare is a title in small letters and digits alone.
func bare(title string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(title))
}

func (s *settlement) listed() string {
	const most = 20
	titles := s.titles
	if len(titles) > most {
		titles = append(slices.Clone(titles[:most]), "…")
	}
	return strings.Join(titles, ", ")
}

// has reports whether the file has a column.
func (s *settlement) has(what string) bool { _, ok := s.columns[what]; return ok }

// title is a column as an error names it.
func (s *settlement) title(what string) string {
	i := s.columns[what]
	if i < len(s.titles) && s.titles[i] != "" {
		return fmt.Sprintf("%d (%s)", i+1, s.titles[i])
	}
	return strconv.Itoa(i + 1)
}

// next reads an entry; the end is io.EOF, what is wrong a *FileError.
func (s *settlement) next() (entry, error) {
	for {
		fields, err := s.t.next()
		if err != nil {
			return entry{}, err
		}
		cell := func(what string) string {
			if i, ok := s.columns[what]; ok && i < len(fields) {
				return strings.TrimSpace(unformula(fields[i]))
			}
			return ""
		}
		e := entry{line: s.t.at, reference: cell(columnReference), provider: cell(columnProvider), currency: strings.ToUpper(cell(columnCurrency)), word: cell(columnStatus)}
		if e.reference == "" && e.provider == "" {
			s.keyless++
			continue
		}
		fail := func(what, reason string) (entry, error) {
			return entry{}, &FileError{Line: e.line, Column: s.title(what), Reason: reason}
		}
		for what, text := range map[string]string{columnReference: e.reference, columnProvider: e.provider, columnStatus: e.word} {
			if text != api.Clean(text, maxKey) {
				return fail(what, fmt.Sprintf("holds characters that cannot be shown, or more than %d; correct it", maxKey))
			}
		}
		if e.currency == "" {
			e.currency = rupiah
		}
		if len(e.currency) != 3 || strings.Trim(e.currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return fail(columnCurrency, "is no currency; write its three letters, such as IDR")
		}
		minor, reason := parseMoney(cell(columnAmount), s.m.Decimal)
		if reason != "" {
			return fail(columnAmount, reason)
		}
		if s.has(columnTime) {
			if e.at, err = s.time(cell(columnTime)); err != nil {
				return fail(columnTime, "is no time that is known; name its form in settlement.timeFormat of the provider, such as \"dd/MM/yyyy HH:mm:ss\"")
			}
		}
		e.says = s.said(e.word)
		if minor < 0 { // money that goes back
			minor = -minor
			if e.says == saysPaid {
				e.says = saysRefunded
			}
		}
		e.minor = minor
		return e, nil
	}
}

// maxKey is the longest reference and status word, in characters.
const maxKey = 128

// unformula takes away the apostrophe, or the = and quotes, that spreadsheets
// and careful exports put before a text.
func unformula(cell string) string {
	if strings.HasPrefix(cell, "'") {
		return cell[1:]
	}
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		return inner[:len(inner)-1]
	}
	return cell
}

func (s *settlement) time(text string) (time.Time, error) {
	if s.m.Layout != "" {
		return time.ParseInLocation(s.m.Layout, text, s.m.Zone)
	}
	for _, l := range layouts {
		if len(l) != len(text) && l != time.RFC3339 {
			continue
		}
		if at, err := time.ParseInLocation(l, text, s.m.Zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New("no known form")
}

func (s *settlement) said(word string) says {
	is := func(words, usual []string) bool {
		if len(words) == 0 {
			words = usual
		}
		return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(strings.TrimSpace(w), word) })
	}
	switch {
	case !s.has(columnStatus), is(s.m.Paid, paidWords):
		return saysPaid
	case is(s.m.Refunded, refundedWords):
		return saysRefunded
	}
	return saysOther
}

// maxMinor is the largest amount, in hundredths (16 digits and two decimals).
const maxMinor = 999_999_999_999_999_999

// parseMoney reads an amount in hundredths. Thousands may be parted by the
// other one of dot and comma, by a space or an apostrophe, in threes. What may
// be read in two ways is refused: the reason says what is wrong and what cures
// it.
func parseMoney(text string, decimal byte) (minor int64, reason string) {
	const noAmount = "is no amount; write it as 12500.00, or name the decimal sign in settlement.decimal of the provider"
	rest := strings.TrimSpace(text)
	negative := false
	if inner, ok := strings.CutPrefix(rest, "("); ok && strings.HasSuffix(inner, ")") {
		rest, negative = strings.TrimSpace(inner[:len(inner)-1]), true
	}
	sign := func() {
		if after, ok := strings.CutPrefix(rest, "-"); ok && !negative {
			rest, negative = strings.TrimSpace(after), true
		} else if after, ok := strings.CutPrefix(rest, "+"); ok && !negative {
			rest = strings.TrimSpace(after)
		}
	}
	sign()
	for _, unit := range []string{"Rp.", "Rp", "IDR"} {
		if len(rest) > len(unit) && strings.EqualFold(rest[:len(unit)], unit) {
			rest = strings.TrimSpace(rest[len(unit):])
			sign()
			break
		}
	}
	if before, ok := strings.CutSuffix(rest, "-"); ok && !negative {
		rest, negative = strings.TrimSpace(before), true
	}
	if i := strings.IndexByte(rest, decimal); i >= 0 && strings.IndexByte(rest[i+1:], decimal) >= 0 {
		return 0, fmt.Sprintf("has several %c, the decimal sign; name the right one in settlement.decimal of the provider", decimal)
	}
	whole, sen, point := strings.Cut(rest, string(decimal))
	plain, grouped, good := ungroup(whole, decimal)
	if !good || strings.Trim(sen, "0123456789") != "" || point && sen == "" {
		return 0, noAmount
	}
	if point && len(sen) == 3 && !grouped && len(plain) <= 3 && strings.TrimLeft(plain, "0") != "" {
		return 0, fmt.Sprintf("may be %s%s or %s%c%s; name the decimal sign in settlement.decimal of the provider", plain, sen, plain, decimal, strings.TrimRight(sen, "0"))
	}
	if len(sen) > 2 && strings.Trim(sen[2:], "0") != "" {
		return 0, "has parts of a sen; an amount has two decimals at most"
	}
	plain = strings.TrimLeft(plain, "0")
	if len(plain) > 16 {
		return 0, "is larger than any amount (16 digits)"
	}
	n, err := strconv.ParseInt(plain+(sen + "00")[:2], 10, 64)
	if err != nil || n > maxMinor {
		return 0, noAmount
	}
	if negative {
		n = -n
	}
	return n, ""
}

// ungroup takes the signs between thousands out of a whole number.
func ungroup(text string, decimal byte) (plain string, grouped, good bool) {
	for _, separator := range []string{",", ".", " ", "'", "\u00a0", "\u202f", "’"} {
		if separator[0] == decimal || !strings.Contains(text, separator) {
			continue
		}
		groups := strings.Split(text, separator)
		for i, g := range groups {
			if i > 0 && len(g) != 3 || g == "" || len(g) > 3 {
				return "", true, false
			}
		}
		text, grouped = strings.Join(groups, ""), true
		break
	}
	return text, grouped, text != "" && strings.Trim(text, "0123456789") == ""
}
