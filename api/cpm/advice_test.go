package cpm_test

import (
	"fmt"
	"testing"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/snap"
	"cashier/ui/words"
)

// say is a sentence about the money in both languages.
type say struct{ en, id string }

// What the screen says of the money, by the class of the answer. Classes that
// an operation cannot answer with are left out, and so fail.
var (
	moneyOfPayment = map[api.Class]say{
		api.Done:     {"The provider reports the payment as made; it counts as paid once the check confirms it.", "Penyedia melaporkan pembayaran berhasil; dianggap lunas setelah pengecekan memastikannya."},
		api.Pending:  {"Nothing is decided yet; the customer may still be charged.", "Belum ada keputusan; pelanggan masih bisa terdebit."},
		api.Failed:   {"The customer was not charged.", "Pelanggan tidak terdebit."},
		api.Unknown:  {"The customer may or may not have paid.", "Pelanggan mungkin sudah terdebit, mungkin belum."},
		api.Mismatch: {"This answer proves nothing about this sale; the earlier payment with this reference may be paid.", "Jawaban ini tidak membuktikan apa pun tentang penjualan ini; pembayaran sebelumnya dengan referensi ini mungkin sudah lunas."},
		api.NotSent:  {"Nothing was sent, so the customer was not charged.", "Tidak ada yang terkirim, jadi pelanggan tidak terdebit."},
	}
	moneyOfCancel = map[api.Class]say{
		api.Done:        {"The provider accepted the cancel; the check that follows says whether the customer was charged.", "Penyedia menerima pembatalan; pengecekan berikutnya mengatakan apakah pelanggan terdebit."},
		api.Unknown:     {"It is not known whether the cancel worked; the customer may or may not have paid.", "Belum diketahui apakah pembatalan berhasil; pelanggan mungkin sudah terdebit, mungkin belum."},
		api.NotFound:    {"The provider sees nothing to cancel; further checks make certain whether the customer was charged.", "Penyedia tidak melihat apa pun untuk dibatalkan; pengecekan lanjutan memastikan apakah pelanggan terdebit."},
		api.Settled:     {"The payment had already ended; the check that follows says whether it was paid, cancelled or failed.", "Pembayaran sudah berakhir lebih dulu; pengecekan berikutnya mengatakan apakah lunas, batal, atau gagal."},
		api.Unsupported: {"Nothing was cancelled; the customer may have paid or may still pay.", "Tidak ada yang dibatalkan; pelanggan mungkin sudah terdebit atau masih bisa terdebit."},
		api.NotSent:     {"The cancel was not sent; the customer may or may not have paid.", "Pembatalan tidak terkirim; pelanggan mungkin sudah terdebit, mungkin belum."},
	}
	moneyOfRefund = map[api.Class]say{
		api.Done:     {"The money goes back to the customer; a refund number confirms it.", "Uang kembali ke pelanggan; nomor pengembalian menjadi buktinya."},
		api.Pending:  {"The refund is under way; the money has not gone back for certain yet.", "Pengembalian sedang berjalan; uang belum pasti kembali ke pelanggan."},
		api.Failed:   {"No money went back; the payment stays paid.", "Tidak ada uang yang kembali; pembayaran tetap lunas."},
		api.Unknown:  {"The money may or may not have gone back to the customer; the payment stays paid until that is known.", "Uang mungkin sudah kembali ke pelanggan, mungkin belum; pembayaran tetap lunas sampai itu pasti."},
		api.Mismatch: {"If this was the repeat of an unclear refund, the money has gone back; if it was the first try, it proves nothing.", "Jika ini pengulangan dari pengembalian yang belum pasti, uang sudah kembali; jika ini percobaan pertama, belum ada yang terbukti."},
		api.NotSent:  {"Nothing was sent; the payment stays paid.", "Tidak ada yang terkirim; pembayaran tetap lunas."},
	}

	codeMovesNone = say{"No money moves when a code is made.", "Tidak ada uang yang berpindah saat membuat kode."}

	asked      = say{"Asking moves no money; the status in the answer says what happened to the payment.", "Bertanya tidak memindahkan uang; status di jawabannya mengatakan apa yang terjadi dengan pembayaran."}
	unknownYet = say{"Nothing happened to the money because of this question; that the payment is unknown counts only once it can no longer arrive.", "Tidak ada yang terjadi dengan uang karena pertanyaan ini; pembayaran baru dianggap tidak ada setelah tidak mungkin masuk lagi."}
	staysAsWas = say{"Nothing happened to the money because of this question; the payment stays as it was.", "Tidak ada yang terjadi dengan uang karena pertanyaan ini; pembayaran tetap seperti sebelumnya."}

	// A refused token is asked about before the client has renewed it, too.
	turnedAway = map[string]say{
		"60": {"This request was turned away before any debit; the answer to its repeat decides.", "Permintaan ini ditolak sebelum ada pendebitan; jawaban atas pengulangannya yang menentukan."},
		"80": {"This request was turned away before any money went back; the answer to its repeat decides.", "Permintaan ini ditolak sebelum ada uang yang kembali; jawaban atas pengulangannya yang menentukan."},
	}
	recognised = say{"The repeat was recognised, so the first refund went through: the money goes back to the customer.", "Pengulangan ini dikenali, jadi pengembalian pertama berhasil: uang kembali ke pelanggan."}
)

// money is what is to be said of a key that the client gives this class.
func money(service, key string, class api.Class) (say, bool) {
	switch service {
	case "59":
		return codeMovesNone, true
	case "61":
		switch {
		case class != api.Done:
			return staysAsWas, true
		case key == "404-01":
			return unknownYet, true
		}
		return asked, true
	case "62":
		s, ok := moneyOfCancel[class]
		return s, ok
	}
	if class == api.Failed && (key == "401-01" || key == "401-03") {
		return turnedAway[service], true
	}
	if service == "60" {
		s, ok := moneyOfPayment[class]
		return s, ok
	}
	if class == api.Done && key != "200-00" {
		return recognised, true
	}
	s, ok := moneyOfRefund[class]
	return s, ok
}

// TestMoneyIsSaidAsItIsClassified: for every key that an answer can have, on a
// first attempt and after an unclear one, what is said of the money follows
// from the class that the client gives the answer.
func TestMoneyIsSaidAsItIsClassified(t *testing.T) {
	keys := []string{"timeout", "unclear", "no-connection", "unknown-code", "418-77"}
	for status := 200; status < 600; status++ {
		for i := range 100 {
			code := snap.Code{HTTP: status, Service: "60", Case: fmt.Sprintf("%02d", i)}
			if _, ok := snap.Lookup(code); ok {
				keys = append(keys, code.Key())
			}
		}
	}
	if len(keys) != 63+5 {
		t.Fatalf("%d keys", len(keys))
	}
	class := func(op api.Operation, key string, tainted bool) api.Class {
		rule, ok := op.Classes[key]
		switch {
		case key == api.ReasonNoConnection && tainted && (op.Service == "60" || op.Service == "80"):
			return api.Unknown // of the transaction: the attempt before may have arrived
		case key == api.ReasonNoConnection:
			return api.NotSent
		case !ok:
			return api.Unknown
		case tainted:
			return rule.Tainted
		}
		return rule.Fresh
	}
	for _, op := range []api.Operation{cpm.Generate, cpm.Payment, cpm.Query, cpm.Cancel, cpm.Refund} {
		for _, key := range keys {
			for _, tainted := range []bool{false, true} {
				given := class(op, key, tainted)
				want, ok := money(op.Service, key, given)
				if !ok {
					t.Errorf("%s %s tainted=%t: class %q has no sentence", op.Service, key, tainted, given)
				}
				for lang, sentence := range map[words.Lang]string{words.English: want.en, words.Indonesian: want.id} {
					tell := words.For(lang).Advice
					if tainted {
						tell = words.For(lang).AdviceAfterUnclear
					}
					if got, _ := tell(cpm.Dialect, op.Service, key); got.Money != sentence {
						t.Errorf("%s %s %s tainted=%t, class %q: said %q, want %q", lang, op.Service, key, tainted, given, got.Money, sentence)
					}
				}
			}
		}
	}
}
