package words

// doFor gives the sentence that says what to do now, with {provider} and
// {again} still to be filled in. The most exact one wins: the operation's own
// words for the key, then for what the answer proves, then for its cause, and
// last the cause's remedy in general. Some operations add a warning.
func doFor(op operation, service, key string, why cause, result outcome, lang Lang) string {
	text := remedyFor(op, key, why, result).in(lang)
	switch {
	case service == "61" && result != done:
		text += " " + untilCertain.in(lang)
	case op == opCancel && result == unclear && !isPlainUnclear(why):
		text += " " + cancelGoesOn.in(lang)
	case result == open:
		text += " " + sameReference.in(lang)
	}
	return text
}

// isPlainUnclear tells a cause that the operator can do nothing about from one
// that needs a cure beside the repeat that runs by itself.
func isPlainUnclear(why cause) bool {
	switch why {
	case causeRequest, causeField, causeAuth, causeConsent, causeContract:
		return false
	}
	return true
}

func remedyFor(op operation, key string, why cause, result outcome) pair {
	// What an earlier attempt left open is stronger than what the code says.
	if result != unclear || doWhenUnclear[opKey{op, key}] {
		if p, ok := doForKey[opKey{op, key}]; ok && result == classify(op, key) {
			return p
		}
	}
	if result == open || op == opCancel && result == unclear && !isPlainUnclear(why) {
		return cures[why]
	}
	if p, ok := doForOutcome[opOutcome{op, result}]; ok {
		return p
	}
	if p, ok := doForCause[opCause{op, why}]; ok {
		return p
	}
	if p, ok := doForCause[opCause{op, anyCause}]; ok {
		return p
	}
	return remedies[why]
}

// anyCause stands for every cause of an operation that has no words of its own.
const anyCause cause = -1

// opCause chooses a sentence by operation and cause.
type opCause struct {
	op operation
	cause
}

// again says "do it again" for each operation, within a sentence.
var again = map[operation]pair{
	opOther:    {"try again", "coba lagi"},
	opToken:    {"ask for the token again", "minta token lagi"},
	opCode:     {"make the code again", "buat kode lagi"},
	opPay:      {"scan a fresh code and try again", "pindai kode baru dan coba lagi"},
	opAsk:      {"check again", "cek lagi"},
	opCancel:   {"cancel again", "batalkan lagi"},
	opNotify:   {"check the payment", "cek pembayarannya"},
	opRefund:   {"refund again", "kirim pengembalian lagi"},
	opUserID:   {"create the user ID again", "buat user ID lagi"},
	opDeposits: {"check the deposits again", "cek setoran lagi"},
}

// remedies are what helps against a cause.
var remedies = map[cause]pair{
	causeOK:       {"There is nothing to do.", "Tidak ada yang perlu dilakukan."},
	causeProgress: {"Wait a moment, then {again}.", "Tunggu sebentar, lalu {again}."},
	causeRequest: {
		"Check the data that was entered and the config, then {again}; if it stays, contact {provider} and quote the reference.",
		"Periksa data yang diisi dan konfigurasi, lalu {again}; jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},
	causeField: {
		"Correct the field that the answer names, then {again}.",
		"Perbaiki isian yang disebut di jawaban, lalu {again}.",
	},
	causeAuth: {
		"Check the client key, the private key and the clock with \"cashier doctor\", then {again}; if it stays, contact {provider}.",
		"Periksa client key, kunci privat, dan jam dengan \"cashier doctor\", lalu {again}; jika tetap begitu, hubungi {provider}.",
	},
	causeToken: {
		"We fetch a new token and try once more by ourselves; if it comes again, check the config with \"cashier doctor\", then {again}.",
		"Kami mengambil token baru dan mencoba sekali lagi otomatis; jika muncul lagi, periksa konfigurasi dengan \"cashier doctor\", lalu {again}.",
	},
	causeConsent: {
		"Renew the customer token in the profile, run \"cashier doctor\" and start cashier again, then {again}.",
		"Perbarui token pelanggan di profil, jalankan \"cashier doctor\" dan buka cashier lagi, lalu {again}.",
	},
	causeContract: {
		"Contact {provider} and quote the reference; {again} once they have put it right.",
		"Hubungi {provider} dan sebutkan referensinya; {again} setelah mereka membereskannya.",
	},
	causeLater: {
		"Wait a few minutes, then {again}.",
		"Tunggu beberapa menit, lalu {again}.",
	},
	causeCustomer: {
		"This answer does not fit the request: {again}, and if it stays, contact {provider} and quote the reference.",
		"Jawaban ini tidak cocok dengan permintaannya: {again}, dan jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},
	causeState: {
		"This answer does not fit the request: {again}, and if it stays, contact {provider} and quote the reference.",
		"Jawaban ini tidak cocok dengan permintaannya: {again}, dan jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},
	causeRepeat: {
		"Each attempt gets a new number by itself: {again}, and if it stays, contact {provider} and quote the reference.",
		"Setiap percobaan mendapat nomor baru otomatis: {again}, dan jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},
	causeServer: {
		"Wait a moment, then {again}; if it stays, contact {provider} and quote the reference.",
		"Tunggu sebentar, lalu {again}; jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},
	causeNetwork: {
		"Check the network, then {again}.",
		"Periksa jaringan, lalu {again}.",
	},
}

var (
	untilCertain = pair{
		"Do NOT charge again before the payment is certain.",
		"JANGAN tagih ulang sebelum pembayaran ini pasti.",
	}
	cancelGoesOn = pair{
		"We repeat the cancel and keep asking meanwhile; do NOT charge again until it is certain.",
		"Sementara itu kami mengulang pembatalan dan terus mengecek; JANGAN tagih ulang sampai pasti.",
	}
	sameReference = pair{
		"Create the user ID again with the same reference, which makes one at most; if it stays, contact {provider} and quote the reference.",
		"Buat user ID lagi dengan referensi yang sama, jadi paling banyak satu yang dibuat; jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	}
)

// cures are what helps against a cause before a cancel (cancelGoesOn) or a
// user ID (sameReference) is repeated as it is.
var cures = map[cause]pair{
	causeRequest: {
		"Check the config, and give the help desk this reference.",
		"Periksa konfigurasi, dan sebutkan referensi ini ke help desk.",
	},
	causeField: {
		"Correct the field that the answer names.",
		"Perbaiki isian yang disebut di jawaban.",
	},
	causeAuth: {
		"Check the client key, the private key and the clock with \"cashier doctor\".",
		"Periksa client key, kunci privat, dan jam dengan \"cashier doctor\".",
	},
	causeConsent: {
		"Renew the customer token in the profile, run \"cashier doctor\" and start cashier again.",
		"Perbarui token pelanggan di profil, jalankan \"cashier doctor\" dan buka cashier lagi.",
	},
	causeContract: {
		"Contact {provider} and quote the reference.",
		"Hubungi {provider} dan sebutkan referensinya.",
	},
	causeToken: {
		"We fetch a new token and try once more by ourselves; if it comes again, check the config with \"cashier doctor\".",
		"Kami mengambil token baru dan mencoba sekali lagi otomatis; jika muncul lagi, periksa konfigurasi dengan \"cashier doctor\".",
	},
	causeLater: {
		"Wait a few minutes.",
		"Tunggu beberapa menit.",
	},
	causeRepeat: {
		"{provider} knows this reference already, perhaps from the attempt that was not answered.",
		"{provider} sudah mengenal referensi ini, mungkin dari percobaan yang tidak terjawab.",
	},
	causeServer: {
		"Wait a moment.",
		"Tunggu sebentar.",
	},
	causeNetwork: {
		"Check the network.",
		"Periksa jaringan.",
	},
}

// doForOutcome are the words for what the answer proves.
var doForOutcome = map[opOutcome]pair{
	{opPay, done}: {
		"Wait until the screen says paid; only then hand over the goods.",
		"Tunggu sampai layar menulis lunas; baru serahkan barangnya.",
	},
	{opPay, progress}: {
		"Ask the customer to confirm in their app. Do NOT charge again; we keep asking.",
		"Minta pelanggan mengonfirmasi di aplikasinya. JANGAN tagih ulang; kami terus mengecek.",
	},
	{opPay, unclear}: {
		"Do NOT charge again; we keep asking. If the customer shows a success page, do not cancel and call a supervisor.",
		"JANGAN tagih ulang; kami terus mengecek. Jika pelanggan menunjukkan halaman berhasil, jangan batalkan dan panggil supervisor.",
	},
	{opPay, badToken}: {
		"Do NOT charge again: we renew the token and send the same request once more by ourselves. If that is refused too, run \"cashier doctor\" and call the help desk.",
		"JANGAN tagih ulang: kami memperbarui token dan mengirim permintaan yang sama sekali lagi otomatis. Jika ditolak juga, jalankan \"cashier doctor\" dan hubungi help desk.",
	},
	{opPay, clash}: {
		"Stop and do NOT charge again: call a supervisor, and quote this reference to the help desk.",
		"Berhenti dan JANGAN tagih ulang: panggil supervisor, dan sebutkan referensi ini ke help desk.",
	},
	{opPay, unsent}: {
		"Check the network and send the payment again, or let the customer pay another way.",
		"Periksa jaringan lalu kirim pembayaran lagi, atau minta pelanggan membayar dengan cara lain.",
	},

	{opCancel, unclear}: {
		"Do NOT charge again; we repeat the cancel and keep asking until it is certain.",
		"JANGAN tagih ulang; kami mengulang pembatalan dan terus mengecek sampai pasti.",
	},
	{opCancel, done}: {
		"Wait for the check; do NOT charge again before it is there.",
		"Tunggu hasil pengecekan; JANGAN tagih ulang sebelum itu.",
	},
	{opCancel, absent}: {
		"Do NOT charge again yet; wait until the screen says how it ended.",
		"JANGAN tagih ulang dulu; tunggu sampai layar menulis akhirnya.",
	},
	{opCancel, ended}: {
		"Wait for the check and do NOT charge again before it; if it was paid, hand over the goods or refund it.",
		"Tunggu hasil pengecekan dan JANGAN tagih ulang sebelum itu; jika ternyata lunas, serahkan barang atau kembalikan uangnya.",
	},
	{opCancel, unable}: {
		"Do NOT charge again; we keep asking. If it stays open, quote this reference to the help desk; once it is paid, it can be refunded.",
		"JANGAN tagih ulang; kami terus mengecek. Jika tetap terbuka, sebutkan referensi ini ke help desk; setelah lunas, uangnya bisa dikembalikan.",
	},
	{opCancel, unsent}: {
		"Check the network; we send the cancel again by ourselves. Do NOT charge again until it is certain.",
		"Periksa jaringan; kami mengirim pembatalan lagi otomatis. JANGAN tagih ulang sampai pasti.",
	},

	{opRefund, done}: {
		"Give the customer the refund number; do NOT refund again.",
		"Berikan nomor pengembalian ke pelanggan; JANGAN kembalikan lagi.",
	},
	{opRefund, arrived}: {
		"Do NOT refund again; quote the refund's reference if the customer asks.",
		"JANGAN kembalikan lagi; sebutkan referensi pengembaliannya jika pelanggan bertanya.",
	},
	{opRefund, progress}: {
		"Do NOT refund again; we keep asking.",
		"JANGAN kembalikan lagi; kami terus mengecek.",
	},
	{opRefund, unclear}: {
		"Do NOT start another refund and give no cash: the very same refund is sent again, which cannot pay back twice.",
		"JANGAN buat pengembalian lain dan jangan beri tunai: pengembalian yang sama persis dikirim lagi, jadi tidak bisa kembali dua kali.",
	},
	{opRefund, badToken}: {
		"Do NOT start another refund: we renew the token and send the same one once more by ourselves. If that is refused too, run \"cashier doctor\" and call the help desk.",
		"JANGAN buat pengembalian lain: kami memperbarui token dan mengirim yang sama sekali lagi otomatis. Jika ditolak juga, jalankan \"cashier doctor\" dan hubungi help desk.",
	},
	{opRefund, clash}: {
		"Do NOT start another refund: call a supervisor, and quote this reference to the help desk.",
		"JANGAN buat pengembalian lain: panggil supervisor, dan sebutkan referensi ini ke help desk.",
	},

	{opUserID, done}: {
		"Hold the code to the machine's reader if it is active; if it is not active, contact PayCools.",
		"Jika aktif, tempelkan kodenya ke pembaca mesin; jika tidak aktif, hubungi PayCools.",
	},
	{opUserID, unclear}: {
		"We try at most 3 times with the same reference, which is safe; if none brings a usable answer, we stop. Try again later or contact PayCools and quote the reference.",
		"Kami mencoba paling banyak 3 kali dengan referensi yang sama, dan itu aman; jika tidak ada jawaban yang jelas, kami berhenti. Coba lagi nanti atau hubungi PayCools dan sebutkan referensinya.",
	},

	{opDeposits, done}: {
		"Nothing to do: only booked deposits are counted, and we keep watching the waiting ones.",
		"Tidak ada yang perlu dilakukan: hanya setoran masuk yang dihitung, dan yang menunggu terus kami cek.",
	},
	{opDeposits, unclear}: {
		"We ask again by ourselves; you can also check the deposits again now. If it stays, contact PayCools and quote the reference.",
		"Kami bertanya lagi otomatis; setoran juga bisa dicek lagi sekarang. Jika tetap begitu, hubungi PayCools dan sebutkan referensinya.",
	},
	{opDeposits, absent}: {
		"Check the reference and the period, then check the deposits again; a deposit just made needs a moment.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi; setoran yang baru dilakukan perlu waktu sebentar.",
	},
}
