package words

import "slices"

// outcome is what an answer proves, as far as the words need it. The program's
// own decision about a transaction is made by the client from the whole
// answer; this table follows the same rules (PROTOCOLS 3) from the key alone.
type outcome int

const (
	unclear  outcome = iota // nothing is proven
	done                    // accepted and processed
	progress                // accepted, not decided yet
	refused                 // provably not processed
	badToken                // turned away because of the token; repeated once with a new one
	clash                   // the reference was used before
	arrived                 // an identical repeat was recognised: the first one succeeded
	absent                  // the provider does not know the transaction
	ended                   // a cancel met a payment that had already ended
	unable                  // this provider cannot cancel
	unsent                  // nothing left this computer
	open                    // does not settle an earlier unclear attempt, which may be repeated as it is
)

// notProcessed are the codes that prove a payment or a refund was not
// processed, when no earlier attempt is unclear. Source: PROTOCOLS 3,
// "NOT PROCESSED codes"; 403-06 stands in the next column of the same row, and
// 401-02 and 401-04 are final: the customer token is the profile's, so that
// nothing is sent again with another one.
var notProcessed = []string{
	"400-00", "400-01", "400-02", "401-00", "401-02", "401-04",
	"403-01", "403-02", "403-03", "403-04", "403-05", "403-06", "403-07", "403-08", "403-09", "403-10",
	"403-11", "403-12", "403-14", "403-15", "403-17", "403-18", "403-19", "403-20", "403-21", "403-22", "403-23",
	"404-01", "404-02", "404-03", "404-04", "404-05", "404-08", "404-09", "404-10", "404-11", "404-16",
	"404-17", "404-19",
	"405-00", "405-01", "429-00",
}

// unsettledUserID are the answers to a user ID's repeat (90) that say nothing of
// an unclear attempt before it: a refusal of this one request, a failure of the
// provider, and a reference that the provider knows, perhaps from that attempt.
var unsettledUserID = []string{
	"401-00", "401-01", "401-03", "404-18", "429-00", "500-00", "500-01", NoConnection,
}

func classify(op operation, key string) outcome {
	switch key {
	case NoConnection:
		return unsent
	case Timeout, Unclear, UnknownCode:
		return unclear
	}
	switch op {
	case opPay:
		return classifyMoney(key)
	case opRefund:
		// A refund of a cancelled payment: the money may have gone back with
		// the cancel, so that "stays paid" is not proven.
		// 404-14 is not named for refunds at all.
		if key == "404-04" || key == "404-14" {
			return unclear
		}
		return classifyMoney(key)
	case opCancel:
		return classifyCancel(key)
	case opUserID:
		return classifyListed(key, paycools90)
	case opDeposits:
		return classifyListed(key, paycools91)
	}
	switch key {
	case "200-00":
		return done
	case "202-00":
		return progress
	case "404-01":
		return absent
	}
	return refused
}

func classifyMoney(key string) outcome {
	switch key {
	case "200-00":
		return done
	case "202-00":
		return progress
	case "401-01", "401-03":
		return badToken
	case "404-14", "404-18", "409-01":
		return clash
	}
	if slices.Contains(notProcessed, key) {
		return refused
	}
	return unclear
}

// classifyCancel follows PROTOCOLS 3, "Cancel (62)": all that is not named
// there is unknown and repeated.
func classifyCancel(key string) outcome {
	switch key {
	case "200-00":
		return done
	case "404-01":
		return absent
	case "404-00", "404-04", "405-01":
		return ended
	case "405-00":
		return unable
	}
	return unclear
}

// classifyListed follows PayCools' documents: a code that is not in their list
// is an "undefined response code" and as unclear as a broken answer.
func classifyListed(key string, list []string) outcome {
	switch {
	case key == "200-00":
		return done
	case key == "401-03": // not listed, but a token is renewed for it as for 401-01
		return refused
	case !slices.Contains(list, key):
		return unclear
	case key == "404-01":
		return absent
	}
	return refused
}

// tainted is what an answer proves after an earlier unclear attempt.
func tainted(op operation, key string) outcome {
	o := classify(op, key)
	switch {
	case op == opUserID && slices.Contains(unsettledUserID, key):
		return open
	case op == opRefund && o == clash:
		return arrived
	case (op == opPay || op == opRefund) && (o == refused || o == badToken || o == clash || o == unsent):
		return unclear
	}
	return o
}

// opOutcome chooses a sentence by operation and outcome.
type opOutcome struct {
	op operation
	outcome
}

// money says what happened to the money. The zero outcome, unclear, stands in
// for every outcome of the operation that has no sentence of its own.
var money = map[opOutcome]pair{
	{opOther, unclear}: {
		"This program does not know the operation and cannot say what happened to the money.",
		"Program ini tidak mengenal operasinya dan tidak bisa mengatakan apa yang terjadi dengan uangnya.",
	},
	{opToken, unclear}: {
		"No money moves when an access token is fetched.",
		"Tidak ada uang yang berpindah saat meminta token akses.",
	},
	{opCode, unclear}: {
		"No money moves when a code is made.",
		"Tidak ada uang yang berpindah saat membuat kode.",
	},

	{opPay, unclear}: {
		"The customer may or may not have paid.",
		"Pelanggan mungkin sudah terdebit, mungkin belum.",
	},
	{opPay, done}: {
		"The provider reports the payment as made; it counts as paid once the check confirms it.",
		"Penyedia melaporkan pembayaran berhasil; dianggap lunas setelah pengecekan memastikannya.",
	},
	{opPay, progress}: {
		"Nothing is decided yet; the customer may still be charged.",
		"Belum ada keputusan; pelanggan masih bisa terdebit.",
	},
	{opPay, refused}: {
		"The customer was not charged.",
		"Pelanggan tidak terdebit.",
	},
	{opPay, badToken}: {
		"This request was turned away before any debit; the answer to its repeat decides.",
		"Permintaan ini ditolak sebelum ada pendebitan; jawaban atas pengulangannya yang menentukan.",
	},
	{opPay, clash}: {
		"This answer proves nothing about this sale; the earlier payment with this reference may be paid.",
		"Jawaban ini tidak membuktikan apa pun tentang penjualan ini; pembayaran sebelumnya dengan referensi ini mungkin sudah lunas.",
	},
	{opPay, unsent}: {
		"Nothing was sent, so the customer was not charged.",
		"Tidak ada yang terkirim, jadi pelanggan tidak terdebit.",
	},

	{opAsk, unclear}: {
		"Nothing happened to the money because of this question; the payment stays as it was.",
		"Tidak ada yang terjadi dengan uang karena pertanyaan ini; pembayaran tetap seperti sebelumnya.",
	},
	{opAsk, done}: {
		"Asking moves no money; the status in the answer says what happened to the payment.",
		"Bertanya tidak memindahkan uang; status di jawabannya mengatakan apa yang terjadi dengan pembayaran.",
	},
	{opAsk, absent}: {
		"Nothing happened to the money because of this question; that the payment is unknown counts only once it can no longer arrive.",
		"Tidak ada yang terjadi dengan uang karena pertanyaan ini; pembayaran baru dianggap tidak ada setelah tidak mungkin masuk lagi.",
	},

	{opCancel, unclear}: {
		"It is not known whether the cancel worked; the customer may or may not have paid.",
		"Belum diketahui apakah pembatalan berhasil; pelanggan mungkin sudah terdebit, mungkin belum.",
	},
	{opCancel, done}: {
		"The provider accepted the cancel; the check that follows says whether the customer was charged.",
		"Penyedia menerima pembatalan; pengecekan berikutnya mengatakan apakah pelanggan terdebit.",
	},
	{opCancel, absent}: {
		"The provider sees nothing to cancel; further checks make certain whether the customer was charged.",
		"Penyedia tidak melihat apa pun untuk dibatalkan; pengecekan lanjutan memastikan apakah pelanggan terdebit.",
	},
	{opCancel, ended}: {
		"The payment had already ended; the check that follows says whether it was paid, cancelled or failed.",
		"Pembayaran sudah berakhir lebih dulu; pengecekan berikutnya mengatakan apakah lunas, batal, atau gagal.",
	},
	{opCancel, unable}: {
		"Nothing was cancelled; the customer may have paid or may still pay.",
		"Tidak ada yang dibatalkan; pelanggan mungkin sudah terdebit atau masih bisa terdebit.",
	},
	{opCancel, unsent}: {
		"The cancel was not sent; the customer may or may not have paid.",
		"Pembatalan tidak terkirim; pelanggan mungkin sudah terdebit, mungkin belum.",
	},

	{opNotify, unclear}: {
		"A notification moves no money; the payment counts only once a query confirms it.",
		"Notifikasi tidak memindahkan uang; pembayaran baru dihitung setelah pengecekan memastikannya.",
	},

	{opRefund, unclear}: {
		"The money may or may not have gone back to the customer; the payment stays paid until that is known.",
		"Uang mungkin sudah kembali ke pelanggan, mungkin belum; pembayaran tetap lunas sampai itu pasti.",
	},
	{opRefund, done}: {
		"The money goes back to the customer; a refund number confirms it.",
		"Uang kembali ke pelanggan; nomor pengembalian menjadi buktinya.",
	},
	{opRefund, arrived}: {
		"The repeat was recognised, so the first refund went through: the money goes back to the customer.",
		"Pengulangan ini dikenali, jadi pengembalian pertama berhasil: uang kembali ke pelanggan.",
	},
	{opRefund, progress}: {
		"The refund is under way; the money has not gone back for certain yet.",
		"Pengembalian sedang berjalan; uang belum pasti kembali ke pelanggan.",
	},
	{opRefund, refused}: {
		"No money went back; the payment stays paid.",
		"Tidak ada uang yang kembali; pembayaran tetap lunas.",
	},
	{opRefund, badToken}: {
		"This request was turned away before any money went back; the answer to its repeat decides.",
		"Permintaan ini ditolak sebelum ada uang yang kembali; jawaban atas pengulangannya yang menentukan.",
	},
	{opRefund, clash}: {
		"If this was the repeat of an unclear refund, the money has gone back; if it was the first try, it proves nothing.",
		"Jika ini pengulangan dari pengembalian yang belum pasti, uang sudah kembali; jika ini percobaan pertama, belum ada yang terbukti.",
	},
	{opRefund, unsent}: {
		"Nothing was sent; the payment stays paid.",
		"Tidak ada yang terkirim; pembayaran tetap lunas.",
	},

	{opUserID, unclear}: {
		"No money moves when a user ID is created; whether it was created is not known yet.",
		"Tidak ada uang yang berpindah saat membuat user ID; belum diketahui apakah sudah dibuat.",
	},
	{opUserID, done}: {
		"No money moves when a user ID is created; deposits come later, at the machine.",
		"Tidak ada uang yang berpindah saat membuat user ID; setoran dilakukan nanti, di mesin.",
	},
	{opUserID, refused}: {
		"No money moves when a user ID is created; this request gave none.",
		"Tidak ada uang yang berpindah saat membuat user ID; permintaan ini tidak menghasilkannya.",
	},
	{opUserID, unsent}: {
		"No money moves when a user ID is created; nothing was sent.",
		"Tidak ada uang yang berpindah saat membuat user ID; tidak ada yang terkirim.",
	},

	{opDeposits, unclear}: {
		"Nothing happened to the money because of this question; what is not booked yet stays waiting.",
		"Tidak ada yang terjadi dengan uang karena pertanyaan ini; setoran yang belum masuk tetap menunggu.",
	},
	{opDeposits, done}: {
		"Asking moves no money; deposits with status 00 are booked, those with 03 are still waiting.",
		"Bertanya tidak memindahkan uang; setoran berstatus 00 sudah masuk, yang berstatus 03 masih menunggu.",
	},
	{opDeposits, absent}: {
		"Nothing happened to the money because of this question; no deposit is known yet, and what was put in stays waiting.",
		"Tidak ada yang terjadi dengan uang karena pertanyaan ini; belum ada setoran yang dikenal, dan yang sudah disetor tetap menunggu.",
	},
}

func moneyFor(op operation, o outcome) pair {
	if p, ok := money[opOutcome{op, o}]; ok {
		return p
	}
	return money[opOutcome{op, unclear}]
}
