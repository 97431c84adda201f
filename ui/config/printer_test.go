package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// printing is a sound config with a printer of each kind and a settlement
// file; the cases break it in one place each.
const printing = `{
  "profile": "a",
  "profiles": {
    "a": {"sandbox": true, "printer": {"device": "/dev/usb/lp0", "width": 80, "cut": "full"}},
    "b": {
      "sandbox": true,
      "printer": {"address": "192.168.1.50:9100", "width": 58, "codePage": "wpc1252", "timeout": "4s", "answers": false},
      "providers": {"p": {
        "dialect": "paycools", "baseUrl": "http://127.0.0.1:1", "clientKey": "k", "privateKey": {"env": "K"},
        "settlement": {"separator": ";", "decimal": ",", "columns": {"reference": "Ref No", "amount": "4"},
          "timeFormat": "dd/MM/yyyy HH:mm:ss", "zone": "+07:00", "paid": ["OK"], "refunded": ["BACK"]}
      }}
    }
  }
}
`

func TestPrinterAndSettlement(t *testing.T) {
	c, err := parse("/c.json", []byte(printing))
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	for name, want := range map[string]Printer{
		"a": {Device: "/dev/usb/lp0", Width: 80, CodePage: "pc437", Cut: "full", Timeout: Duration(10 * time.Second), Answers: &no},
		"b": {Address: "192.168.1.50:9100", Width: 58, CodePage: "wpc1252", Cut: "partial", Timeout: Duration(4 * time.Second), Answers: &no},
	} {
		if got := c.Profiles[name].Printer.Filled(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s has %+v, want %+v", name, got, want)
		}
	}
	if got := (Printer{Address: "p:9100"}).Filled(); got.Width != 58 || !reflect.DeepEqual(got.Answers, &yes) {
		t.Errorf("a printer of the network that says nothing is %+v", got)
	}
	if !c.Profiles["a"].Printer.IsZero() == false || !(Printer{}).IsZero() {
		t.Error("a printer is none, or none is one")
	}
	s := c.Profiles["b"].Providers["p"].Settlement
	if got := s.Layout(); got != "02/01/2006 15:04:05" {
		t.Errorf("the layout is %q", got)
	}
	at, err := time.ParseInLocation(s.Layout(), "20/11/2026 15:04:05", s.Location())
	if err != nil || at.UTC().Format(time.RFC3339) != "2026-11-20T08:04:05Z" {
		t.Errorf("a time reads %v, %v", at, err)
	}
}

func TestPrinterAndSettlementProblems(t *testing.T) {
	const a, b, s = "profiles.a.printer", "profiles.b.printer", "profiles.b.providers.p.settlement"
	refuse(t, printing, []broken{
		{"two printers", `"width": 80`, `"address": "h:9100"`, "line 4, column 77: " + a + ".address: stands beside device, and a printer is one of them; remove one"},
		{"none", `"device": "/dev/usb/lp0", `, ``, "line 4, column 39: " + a + `: names no printer; write "device":"/dev/usb/lp0" or "address":"192.168.1.50:9100"`},
		{"no object", `{"device": "/dev/usb/lp0", "width": 80, "cut": "full"}`, `"lp0"`, "line 4, column 39: " + a + ": must be an object in { }"},
		{"relative device", "/dev/usb/lp0", "lp0", "line 4, column 50: " + a + `.device: is no absolute path of a device file; write it as "/dev/usb/lp0"`},
		{"width", `"width": 80`, `"width": 76`, "line 4, column 75: " + a + ".width: is no width of receipt paper; write 58 or 80, without quotes"},
		{"width in quotes", `"width": 80`, `"width": "80"`, "line 4, column 75: " + a + ".width: must be a whole number, without quotes"},
		{"cut", `"full"`, `"half"`, "line 4, column 86: " + a + ".cut: is not a value that it can have; use one of: partial, full, none"},
		{"no port", "192.168.1.50:9100", "192.168.1.50", "line 7, column 30: " + b + `.address: is no host with a port; write it as "192.168.1.50:9100"`},
		{"port", "192.168.1.50:9100", "192.168.1.50:0", "line 7, column 30: " + b + ".address: has no port from 1 to 65535; printers listen at 9100"},
		{"host", "192.168.1.50:9100", "a b:9100", "line 7, column 30: " + b + `.address: is no host with a port; write it as "192.168.1.50:9100"`},
		{"code page", "wpc1252", "wpc1253", "line 7, column 76: " + b + ".codePage: is not a value that it can have; did you mean wpc1252?"},
		{"timeout", `"4s"`, `"1h"`, "line 7, column 98: " + b + `.timeout: must be more than 0 and 5m at most; write "10s"`},
		{"answers", `false}`, `"no"}`, "line 7, column 115: " + b + ".answers: must be true or false, without quotes"},
		{"unknown field", `"answers"`, `"answer"`, "line 7, column 104: " + b + ".answer: is not a field here; did you mean answers?"},

		{"separator", `";"`, `"ab"`, "line 10, column 37: " + s + ".separator: is no separator; write \",\", \";\", \"|\" or \"\\t\""},
		{"column", `"reference": "Ref No"`, `"referense": "Ref No"`, "line 10, column 83: " + s + ".columns.referense: is no column that is compared; did you mean reference?"},
		{"empty column", `"Ref No"`, `""`, "line 10, column 83: " + s + `.columns.reference: is empty; write its name as it stands in the first line, or its number such as "3"`},
		{"no header and a name", `"separator": ";"`, `"noHeader": true`, "line 10, column 83: " + s + `.columns.reference: must be a number such as "3": with noHeader columns have no names`},
		{"no header and no columns", `"columns": {"reference": "Ref No", "amount": "4"}`, `"noHeader": true`, "line 10, column 23: " + s + `: has no names to find columns by; write "columns":{"reference":"1","amount":"2"}`},
		{"format", "dd/MM/yyyy HH:mm:ss", "dd/mm/yyyy", "line 11, column 25: " + s + `.timeFormat: is no format; write it of yyyy MM dd HH mm ss, such as "dd/MM/yyyy HH:mm:ss"`},
		{"zone", "+07:00", "WIB", "line 11, column 56: " + s + `.zone: is no offset; write "+07:00" for Jakarta, "+00:00" for UTC`},
		{"a word twice", `"BACK"`, `"ok"`, "line 11, column 75: " + s + ".paid[0]: stands in refunded too; a word means one thing, remove it from one of them"},
		{"an empty word", `"BACK"`, `""`, "line 11, column 95: " + s + ".refunded[0]: is empty; write a word of the status column, or remove it"},
	})
}

func FuzzTimeFormat(f *testing.F) {
	for _, s := range []string{"yyyy-MM-dd", "dd/MM/yyyy HH:mm:ss", "yyyyMMddHHmmss", "Monday", "yyyy1MM2dd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, format string) {
		layout, ok := timeLayout(format)
		if !ok || format == "" {
			return
		}
		at := time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)
		back, err := time.Parse(layout, at.Format(layout))
		if err != nil || back.Format(time.DateOnly) != "2026-11-20" {
			t.Errorf("%q, layout %q: %v, %v", format, layout, back, err)
		}
		if strings.Contains(format, "HH") && back.Hour() != 15 {
			t.Errorf("%q loses the hour", format)
		}
	})
}
