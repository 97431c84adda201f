package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// action is one row of a "Partner Action" column as this test reads it: a
// quotation that the copied row must hold, and what both languages of the
// advice must say for it.
type action struct{ document, en, id string }

// Seed 001, service 90: 14 codes and 2 rows without a code.
var partnerActions90 = map[string]action{
	"200-00": {"Mark Generate QRIS process as Success", "Hold the code to the machine's reader", "tempelkan kodenya ke pembaca mesin"},
	"400-00": {"Retry request with proper parameter", "Check the courier's details and the config, then create the user ID again", "Periksa data kurir dan konfigurasi, lalu buat user ID lagi"},
	"400-01": {"Retry request with proper parameter", "Correct the field that the answer names, then create the user ID again", "Perbaiki isian yang disebut di jawaban, lalu buat user ID lagi"},
	"400-02": {"Retry request with proper parameter", "Correct the field that the answer names, then create the user ID again", "Perbaiki isian yang disebut di jawaban, lalu buat user ID lagi"},
	"401-00": {"Retry request with proper parameter", "Check the client key, the private key and the clock with \"cashier doctor\", then create the user ID again", "Periksa client key, kunci privat, dan jam dengan \"cashier doctor\", lalu buat user ID lagi"},
	"401-01": {"Retry request with proper parameter", "We fetch a new token and try once more", "Kami mengambil token baru dan mencoba sekali lagi"},
	"403-02": {"Try to adjust the order amount", "There is no amount to change: contact PayCools", "Tidak ada jumlah yang bisa diubah: hubungi PayCools"},
	"403-05": {"can contact PayCools to check the user/account status", "Correct the courier's details and create the user ID again, or contact PayCools to check the user or account status", "Perbaiki data kurir dan buat user ID lagi, atau hubungi PayCools untuk memeriksa status pengguna atau rekening"},
	"403-15": {"Retry request periodically or consult to PayCools", "Create the user ID again from time to time, or consult PayCools", "Buat user ID lagi secara berkala, atau konsultasikan dengan PayCools"},
	"404-08": {"Retry request with proper parameter", "Check the merchant ID in the config, then create the user ID again", "Periksa ID merchant di konfigurasi, lalu buat user ID lagi"},
	"404-18": {"Retry request with proper parameter", "with a new reference, or with exactly the details of the first time", "dengan referensi baru, atau dengan data yang sama persis"},
	"429-00": {"Retry request with proper parameter", "check the details, then create the user ID again", "periksa datanya, lalu buat user ID lagi"},
	"500-00": {"Retry request periodically", "Create the user ID again from time to time", "Buat user ID lagi secara berkala"},
	"500-01": {"Retry request periodically", "Create the user ID again from time to time", "Buat user ID lagi secara berkala"},
	Timeout:  {"maximum 3 attempts, if the result is still the same then action is aborted", "at most 3 times with the same reference, which is safe; if none brings a usable answer, we stop", "paling banyak 3 kali dengan referensi yang sama, dan itu aman; jika tidak ada jawaban yang jelas, kami berhenti"},
	Unclear:  {"maximum 3 attempts, if the result is still the same then action is aborted", "at most 3 times with the same reference, which is safe; if none brings a usable answer, we stop", "paling banyak 3 kali dengan referensi yang sama, dan itu aman; jika tidak ada jawaban yang jelas, kami berhenti"},
}

// Seed 000, service 91: 10 codes and 2 rows without a code. "mark Payment as
// Pending" is held in the money's sentence, looked at for each row below.
var partnerActions91 = map[string]action{
	"200-00": {"03 = Waiting for payment. Mark Payment as Pending", "deposits with status 00 are booked, those with 03 are still waiting", "setoran berstatus 00 sudah masuk, yang berstatus 03 masih menunggu"},
	"400-00": {"Retry request with proper parameter", "Check the reference and the period, then check the deposits again", "Periksa referensi dan rentang waktunya, lalu cek setoran lagi"},
	"400-01": {"Retry request with proper parameter", "Correct the field that the answer names, then check the deposits again", "Perbaiki isian yang disebut di jawaban, lalu cek setoran lagi"},
	"400-02": {"Retry request with proper parameter", "Correct the field that the answer names, then check the deposits again", "Perbaiki isian yang disebut di jawaban, lalu cek setoran lagi"},
	"401-00": {"Retry request with proper parameter", "Check the client key, the private key and the clock with \"cashier doctor\", then check the deposits again", "Periksa client key, kunci privat, dan jam dengan \"cashier doctor\", lalu cek setoran lagi"},
	"401-01": {"Retry request with proper parameter", "We fetch a new token and try once more", "Kami mengambil token baru dan mencoba sekali lagi"},
	"404-01": {"Retry request with proper parameter", "Check the reference and the period, then check the deposits again", "Periksa referensi dan rentang waktunya, lalu cek setoran lagi"},
	"429-00": {"Retry request with proper parameter", "check the reference and the period, then check the deposits again", "periksa referensi dan rentang waktunya, lalu cek setoran lagi"},
	"500-00": {"Retry request with proper parameter", "Check the reference and the period, then check the deposits again", "Periksa referensi dan rentang waktunya, lalu cek setoran lagi"},
	"500-01": {"Retry request with proper parameter", "Check the reference and the period, then check the deposits again", "Periksa referensi dan rentang waktunya, lalu cek setoran lagi"},
	Timeout:  {"maximum 3 attempts, if the result is still the same then action is aborted", "at most 3 times and then stop. Nothing is lost: check the deposits again later", "paling banyak 3 kali lalu berhenti. Tidak ada yang hilang: cek setoran lagi nanti"},
	Unclear:  {"mark Query Payment process as Pending and mark Payment as Pending", "We ask again by ourselves", "Kami bertanya lagi otomatis"},
}

func TestPartnerActions(t *testing.T) {
	for _, c := range []struct {
		file, service string
		codes         int
		want          map[string]action
	}{
		{"seed001_codes.txt", "90", 14, partnerActions90},
		{"seed000_codes.txt", "91", 10, partnerActions91},
	} {
		numbered := 0
		rows := table(t, c.file, regexp.MustCompile(`^\| \d+ \|`))
		for _, row := range rows {
			var key, text string
			switch code := row[1]; {
			case code == "Total Timeout":
				key, text = Timeout, row[3]
			case strings.HasPrefix(code, "Unexpected response"):
				key, text = Unclear, row[3]
			default:
				numbered++
				if code[3:5] != c.service {
					t.Errorf("%s: row %v is of another service", c.file, row)
				}
				key, text = code[:3]+"-"+code[5:], row[4]
			}
			want, ok := c.want[key]
			if !ok || !strings.Contains(text, want.document) {
				t.Errorf("%s %s: the document says %q", c.service, key, text)
				continue
			}
			for lang, say := range map[Lang]string{English: want.en, Indonesian: want.id} {
				a, known := For(lang).Advice("paycools", c.service, key)
				if !known || !strings.Contains(a.String(), say) {
					t.Errorf("%s %s: got %q, want in it %q", c.service, key, a, say)
				}
				checkPayCoolsMoney(t, lang, c.service, key, a.Money)
			}
		}
		if numbered != c.codes || len(rows) != c.codes+2 || len(c.want) != len(rows) {
			t.Errorf("%s: %d codes, %d rows, %d expected", c.file, numbered, len(rows), len(c.want))
		}
	}
}

// checkPayCoolsMoney holds "Mark Generate … as Failed" of 90 (no user ID came,
// no money moves) and "mark Payment as Pending" of 91 (it stays waiting).
func checkPayCoolsMoney(t *testing.T, lang Lang, service, key, money string) {
	t.Helper()
	has := func(en, id string) bool {
		if lang == Indonesian {
			return strings.Contains(money, id)
		}
		return strings.Contains(money, en)
	}
	var ok bool
	switch {
	case service == "90" && key == "200-00":
		ok = has("deposits come later", "setoran dilakukan nanti")
	case service == "90" && (key == Timeout || key == Unclear):
		ok = has("not known yet", "belum diketahui")
	case service == "90":
		ok = has("No money moves when a user ID is created; this request gave none.", "Tidak ada uang yang berpindah saat membuat user ID; permintaan ini tidak menghasilkannya.")
	default:
		ok = has("waiting", "menunggu")
	}
	if !ok {
		t.Errorf("%s %s %s: money %q", lang, service, key, money)
	}
}

// "Undefined response code" is part of PayCools' unexpected-response rows: a
// code that only the general list has gets their action, except the unknown
// token, for which a new one is fetched.
func TestCodesPayCoolsDoesNotList(t *testing.T) {
	for _, c := range []struct {
		service string
		listed  map[string]action
	}{{"90", partnerActions90}, {"91", partnerActions91}} {
		unclear, _ := For(English).Advice("paycools", c.service, Unclear)
		for _, key := range catalogueKeys(t) {
			if _, ok := c.listed[key]; ok {
				continue
			}
			a, _ := For(English).Advice("paycools", c.service, key)
			if key == "401-03" {
				if !strings.Contains(a.Do, "We fetch a new token") {
					t.Errorf("%s %s: %s", c.service, key, a)
				}
			} else if a.Do != unclear.Do || a.Money != unclear.Money {
				t.Errorf("%s %s: %s", c.service, key, a)
			}
		}
	}
}

// After an unclear attempt a user ID may be there whatever these keys say of
// its repeat: it is neither called refused nor asked for under another
// reference. What PayCools refuses for good stays refused.
func TestUserIDAfterAnUnclearAttempt(t *testing.T) {
	type texts struct{ money, none, same, fresh string }
	say := map[Lang]texts{
		English: {
			"No money moves when a user ID is created; whether it was created is not known yet.",
			"this request gave none", "with the same reference", "new reference",
		},
		Indonesian: {
			"Tidak ada uang yang berpindah saat membuat user ID; belum diketahui apakah sudah dibuat.",
			"permintaan ini tidak menghasilkannya", "dengan referensi yang sama", "referensi baru",
		},
	}
	refused := strings.Fields("400-00 400-01 400-02 403-02 403-05 403-15 404-08")
	cure := map[string]string{
		"401-00": "Check the client key", "401-01": "We fetch a new token", "401-03": "We fetch a new token",
		"404-18": "PayCools knows this reference already", "429-00": "Wait a few minutes.",
		"500-00": "Wait a moment.", "500-01": "Wait a moment.", NoConnection: "Check the network.",
	}
	seen := 0
	for lang, want := range say {
		for _, key := range append(catalogueKeys(t), specialKeys...) {
			fresh, _ := For(lang).Advice("paycools", "90", key)
			a, _ := For(lang).AdviceAfterUnclear("paycools", "90", key)
			switch {
			case key == "200-00" || slices.Contains(refused, key):
				if a != fresh || a.Money == want.money {
					t.Errorf("%s %s: %s", lang, key, a)
				}
			case a.Money != want.money || strings.Contains(a.String(), want.none) ||
				!strings.Contains(a.Do, want.same) || strings.Contains(a.Do, want.fresh):
				t.Errorf("%s %s: %s", lang, key, a)
			}
			if begin, ok := cure[key]; ok {
				seen++
				if lang == English && !strings.HasPrefix(a.Do, begin) || fresh.Money == want.money || fresh.Do == a.Do {
					t.Errorf("%s %s: %s\nand on the first attempt %s", lang, key, a, fresh)
				}
			}
		}
	}
	if seen != 2*len(cure) {
		t.Errorf("%d keys were looked at", seen)
	}
}
