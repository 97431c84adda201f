package views

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui/words"
)

// allStates are the states in the order in which they are offered.
var allStates = []till.State{
	till.Paid, till.Failed, till.Cancelled, till.Refunded, till.Unknown, till.Pending, till.Sent, till.Parked, till.Cancelling,
	till.LatePaid, till.Doubled, till.NotFound, till.Unsent, till.Intent, till.Active, till.Inactive,
}

// shortName is a state's short word as a filter has it: without spaces.
func shortName(lang words.Lang, key words.Key) string {
	return strings.ReplaceAll(words.For(lang).T(key), " ", "-")
}

// stateNames are the words for states that a language offers.
func stateNames(lang words.Lang) []string {
	names := []string{"open"}
	if lang == words.Indonesian {
		names[0] = "terbuka"
	}
	for _, s := range allStates {
		if n := shortName(lang, words.Key("short."+string(s))); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

func allStateNames() []string {
	var names []string
	for n := range stateValues() {
		names = append(names, n)
	}
	return names
}

// stateValues are the words for states: the program's own, and how both
// languages show them, where one word may stand for several.
var stateValues = sync.OnceValue(func() map[string][]till.State {
	m := map[string][]till.State{}
	add := func(word string, s till.State) {
		if !slices.Contains(m[word], s) {
			m[word] = append(m[word], s)
		}
	}
	for _, s := range allStates {
		add(string(s), s)
		for _, lang := range []words.Lang{words.English, words.Indonesian} {
			add(shortName(lang, words.Key("short."+string(s))), s)
		}
		if s.Open() {
			add("open", s)
			add("terbuka", s)
		}
	}
	add("refused", till.Failed)
	add("gagal", till.Failed)
	add("batal", till.Cancelled)
	return m
})

// kindValues are the words for kinds.
var kindValues = map[string]till.Kind{
	"cdm": till.CDM, "user-id": till.CDM,
	"cpm": till.CPM, "payment": till.CPM, "pembayaran": till.CPM,
	"mpm": till.MPM, "lookup": till.MPM, "pencarian": till.MPM,
}

func kindNames() []string {
	var names []string
	for n := range kindValues {
		names = append(names, n)
	}
	return names
}

// Days.

var dayWords = map[string]func(today time.Time) (from, to time.Time){
	"today": dayAgo(0), "hari-ini": dayAgo(0), "hariini": dayAgo(0),
	"yesterday": dayAgo(1), "kemarin": dayAgo(1),
	"this-week": thisWeek, "minggu-ini": thisWeek,
	"this-month": thisMonth, "bulan-ini": thisMonth,
}

// dayNames are the words for days that a language offers.
func dayNames(lang words.Lang) []string {
	if lang == words.Indonesian {
		return []string{"hari-ini", "kemarin", "minggu-ini", "bulan-ini", "7hari"}
	}
	return []string{"today", "yesterday", "this-week", "this-month", "7d"}
}

// bareNames are the words that are no text although nothing names them.
func bareNames(lang words.Lang) []string {
	return slices.Concat(dayNames(lang), stateNames(lang), []string{"cdm", "cpm", "mpm"})
}

// FilterHint asks, where a filter has found nothing, whether a text of it was
// meant for such a word; "" where none is near.
func FilterHint(w *words.Catalogue, f till.Filter) string {
	for _, text := range slices.Concat(f.Text, f.Similar) {
		text, _, _ = strings.Cut(text, "|")
		if near := api.Nearest(text, bareNames(w.Lang())); near != "" {
			return w.T("filter.meant", "word", near)
		}
	}
	return ""
}

func dayAgo(n int) func(time.Time) (time.Time, time.Time) {
	return func(today time.Time) (from, to time.Time) { return today.AddDate(0, 0, -n), today.AddDate(0, 0, 1-n) }
}

func thisWeek(today time.Time) (from, to time.Time) { // from Monday
	from = today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	return from, from.AddDate(0, 0, 7)
}

func thisMonth(today time.Time) (from, to time.Time) {
	from = today.AddDate(0, 0, 1-today.Day())
	return from, from.AddDate(0, 1, 0)
}

var (
	lastDays       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]{1,4})-?(d|days|hari)$`) })
	shortDay       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}))?$`) })
	wholeDay       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$`) })
	unfinishedDate = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([0-9]{4}-[0-9]?|[0-9]{4}-[0-9]{2}-[0-9]?|[0-9]{1,2}/[0-9]{0,2}/?[0-9]{0,3})$`)
	})
)

// looksLikeDay reports whether a bare word is a day.
func looksLikeDay(low string) bool {
	return dayWords[low] != nil || lastDays().MatchString(low) || shortDay().MatchString(low) || wholeDay().MatchString(low)
}

// oneDay is the day, month or days of a word.
func oneDay(low string, now time.Time) (from, to time.Time, ok bool) {
	y, m, d := now.In(api.Jakarta).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, api.Jakarta)
	if word := dayWords[low]; word != nil {
		from, to = word(today)
		return from, to, true
	}
	if p := lastDays().FindStringSubmatch(low); p != nil {
		n, _ := strconv.Atoi(p[1])
		return today.AddDate(0, 0, 1-max(n, 1)), today.AddDate(0, 0, 1), n > 0
	}
	if p := shortDay().FindStringSubmatch(low); p != nil {
		day, _ := strconv.Atoi(p[1])
		month, _ := strconv.Atoi(p[2])
		year := today.Year()
		if p[3] != "" {
			year, _ = strconv.Atoi(p[3])
		}
		at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, api.Jakarta)
		if at.Day() != day || at.Month() != time.Month(month) {
			return from, to, false
		}
		if p[3] == "" && at.After(today) {
			at = time.Date(year-1, time.Month(month), day, 0, 0, 0, 0, api.Jakarta)
		}
		return at, at.AddDate(0, 0, 1), true
	}
	if at, err := time.ParseInLocation(time.DateOnly, low, api.Jakarta); err == nil {
		return at, at.AddDate(0, 0, 1), true
	}
	if at, err := time.ParseInLocation("2006-01", low, api.Jakarta); err == nil {
		return at, at.AddDate(0, 1, 0), true
	}
	return from, to, false
}

// daySpan is a day, or two with .. between, of which one may be missing.
func daySpan(value string, now time.Time) (from, to time.Time, fault *FilterFault) {
	first, last, isSpan := strings.Cut(strings.ToLower(value), "..")
	bad := &FilterFault{"filter.bad-day", []any{"word", value}}
	if !isSpan {
		from, to, ok := oneDay(first, now)
		if !ok {
			return from, to, bad
		}
		return from, to, nil
	}
	var ok bool
	if first != "" {
		if from, _, ok = oneDay(first, now); !ok {
			return from, to, bad
		}
	}
	if last != "" {
		if _, to, ok = oneDay(last, now); !ok {
			return from, to, bad
		}
	}
	switch {
	case first == "" && last == "":
		return from, to, bad
	case first != "" && last != "" && !from.Before(to):
		return from, to, &FilterFault{"filter.bad-span", []any{"word", value}}
	}
	return from, to, nil
}

func unfinishedDay(low string) bool {
	_, last, isSpan := strings.Cut(low, "..")
	if !isSpan {
		last = low
	}
	switch {
	case last == "":
		return low == ".."
	case looksLikeDay(last):
		return false
	case strings.HasSuffix(last, ".") && looksLikeDay(strings.TrimSuffix(last, ".")):
		return true
	}
	if unfinishedDate().MatchString(last) || strings.Trim(last, "0123456789") == "" && len(last) <= 4 {
		return true
	}
	for w := range dayWords {
		if strings.HasPrefix(w, last) {
			return true
		}
	}
	return false
}

// days narrows the filter to days.
func (f *filterReader) days(value string, now time.Time) *FilterFault {
	from, to, fault := daySpan(value, now)
	if fault != nil {
		return fault
	}
	if f.From.IsZero() || from.After(f.From) {
		f.From = from
	}
	if !to.IsZero() && (f.To.IsZero() || to.Before(f.To)) {
		f.To = to
	}
	if !f.To.IsZero() && !f.From.Before(f.To) {
		return &FilterFault{key: "filter.no-day"}
	}
	return nil
}

// Amounts.

// shortMoney are endings of an amount, as people write them: 50rb, 2jt.
var shortMoney = []struct {
	end   string
	times int64
}{{"rb", 1_000}, {"ribu", 1_000}, {"k", 1_000}, {"jt", 1_000_000}, {"juta", 1_000_000}}

// isRupiah reports whether a bare word is an amount with Rp before it.
func isRupiah(low string) bool {
	rest, ok := strings.CutPrefix(low, "rp")
	return ok && rest != "" && strings.Trim(rest, "0123456789.,") == ""
}

// startsMoney reports whether one side of a range is an amount and no day.
func startsMoney(low string) bool {
	low = strings.TrimPrefix(low, "rp")
	for _, s := range shortMoney {
		low = strings.TrimSuffix(low, s.end)
	}
	return strings.Trim(low, "0123456789.,") == ""
}

var unfinishedMoney = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(r|rp|(rp)?[0-9]+(\.[0-9]?)?(r|ri|rib|j|ju|jut|(rb|ribu|k|jt|juta)\.)?)?$`)
})

func unfinishedAmount(low string) bool {
	rest := strings.TrimLeft(low, "<>=")
	first, last, isSpan := strings.Cut(rest, "..")
	if !isSpan {
		_, fault := typedMoney(rest)
		return fault != nil && unfinishedMoney().MatchString(rest)
	}
	if last == "" {
		return first == ""
	}
	to, fault := typedMoney(last)
	if fault != nil {
		return unfinishedMoney().MatchString(last)
	}
	from, _ := typedMoney(first) // nothing where it is none
	return to.Minor() < from.Minor()
}

// typedMoney reads digits with an optional Rp and an optional short ending.
func typedMoney(text string) (api.Amount, *FilterFault) {
	low := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "rp")
	times := int64(1)
	for _, s := range shortMoney {
		if rest, ok := strings.CutSuffix(low, s.end); ok {
			low, times = rest, s.times
			break
		}
	}
	a, err := api.ParseTyped(low)
	if err != nil {
		plain := strings.NewReplacer(".", "", ",", "").Replace(low)
		if n, bad := strconv.ParseInt(plain, 10, 64); bad == nil && plain != low && n > 0 {
			return a, &FilterFault{"filter.two-readings", []any{"word", text, "bare", strconv.FormatInt(n, 10)}}
		}
		return a, &FilterFault{"filter.bad-amount", []any{"word", text}}
	}
	if a.Minor() > (1<<62)/times {
		return a, &FilterFault{"filter.bad-amount", []any{"word", text}}
	}
	return api.IDR(a.Minor() * times), nil
}

// money narrows the filter to amounts.
func (f *filterReader) money(value string) *FilterFault {
	var least, most int64
	first, last, isSpan := strings.Cut(value, "..")
	one := strings.TrimLeft(value, "<>=")
	sign := value[:len(value)-len(one)]
	read := func(text string) (int64, *FilterFault) {
		a, fault := typedMoney(text)
		if fault != nil && fault.key == "filter.bad-amount" {
			fault.args = []any{"word", value}
		}
		return a.Minor(), fault
	}
	var fault *FilterFault
	switch {
	case isSpan && first+last != "" && sign == "":
		if first != "" {
			if least, fault = read(first); fault != nil {
				return fault
			}
		}
		if last != "" {
			if most, fault = read(last); fault != nil {
				return fault
			}
			if most < least || most == 0 {
				return &FilterFault{key: "filter.no-amount"}
			}
		}
	case isSpan:
		return &FilterFault{"filter.bad-amount", []any{"word", value}}
	default:
		var n int64
		if n, fault = read(one); fault != nil {
			return fault
		}
		switch sign {
		case "", "=":
			least, most = n, n
		case ">":
			least = n + 1
		case ">=", "=>":
			least = n
		case "<":
			most = n - 1
		case "<=", "=<":
			most = n
		default:
			return &FilterFault{"filter.bad-amount", []any{"word", value}}
		}
		if most <= 0 && !strings.HasPrefix(sign, ">") && sign != "=>" {
			return &FilterFault{key: "filter.no-nothing"}
		}
	}
	if least > f.Least.Minor() {
		f.Least = api.IDR(least)
	}
	if most > 0 && (f.Most.Zero() || most < f.Most.Minor()) {
		f.Most = api.IDR(most)
	}
	if least == 0 && most == 0 && f.Least.Zero() {
		f.Least = api.IDR(1) // >=0: anything with money
	}
	if !f.Most.Zero() && f.Least.Minor() > f.Most.Minor() {
		return &FilterFault{key: "filter.no-amount"}
	}
	return nil
}
