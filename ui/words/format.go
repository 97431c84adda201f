package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Jakarta is the zone of every time that is shown: a fixed UTC+07:00, which
// needs no zone database on the machine.
var Jakarta = time.FixedZone("WIB", 7*60*60)

// months are the short names of both languages in the order of the year.
var months = [12]pair{
	{"Jan", "Jan"}, {"Feb", "Feb"}, {"Mar", "Mar"}, {"Apr", "Apr"},
	{"May", "Mei"}, {"Jun", "Jun"}, {"Jul", "Jul"}, {"Aug", "Agu"},
	{"Sep", "Sep"}, {"Oct", "Okt"}, {"Nov", "Nov"}, {"Dec", "Des"},
}

// Rupiah writes an amount given in sen (hundredths of a rupiah): "Rp62.500",
// with the sen after a comma only when there are any: "Rp62.500,50". Both
// languages write it so, as the bank notes and receipts do.
func (c *Catalogue) Rupiah(minor int64) string {
	sign, size := "", uint64(minor)
	if minor < 0 {
		sign, size = "-", -size // also right for the smallest int64
	}
	digits := strconv.FormatUint(size/100, 10)
	var b strings.Builder
	b.WriteString(sign + "Rp")
	for i, d := range []byte(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(d)
	}
	if sen := size % 100; sen != 0 {
		fmt.Fprintf(&b, ",%02d", sen)
	}
	return b.String()
}

// Clock writes the time of day in Jakarta: "15.04.12".
func (c *Catalogue) Clock(t time.Time) string {
	return t.In(Jakarta).Format("15.04.05")
}

// Date writes the day in Jakarta: "20 Nov 2026".
func (c *Catalogue) Date(t time.Time) string {
	t = t.In(Jakarta)
	return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1].in(c.lang), t.Year())
}

// Duration writes minutes and seconds, "0:41", and from an hour on hours too,
// "1:02:03". Parts of a second are cut off.
func (c *Catalogue) Duration(d time.Duration) string {
	sign, seconds := "", int64(d/time.Second)
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	if seconds >= 3600 {
		return fmt.Sprintf("%s%d:%02d:%02d", sign, seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%s%d:%02d", sign, seconds/60, seconds%60)
}
