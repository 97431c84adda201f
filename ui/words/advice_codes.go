package words

// cause says which remedy fits a code, where an operation has no words of its
// own for it.
type cause int

const (
	causeOK       cause = iota // success
	causeProgress              // still being processed
	causeRequest               // the request as a whole was not understood
	causeField                 // one field of it is wrong
	causeAuth                  // credentials, signature or clock
	causeToken                 // B2B token
	causeCustomer              // the customer's card, account or code
	causeConsent               // the customer's token
	causeContract              // what was agreed with the provider
	causeLater                 // too many, too early
	causeState                 // the transaction is not in a fitting state
	causeRepeat                // a reference or a message number came twice
	causeServer                // the provider's side or the bank's
	causeNetwork               // nothing was sent
)

// codeWords is what a code means, whatever the operation.
type codeWords struct {
	cause cause
	means pair
}

// codes are the rows of "Daftar Response Code" in seed 003, by HTTP status and
// case, and the four keys for answers without a usable code.
var codes = map[string]codeWords{
	"200-00": {causeOK, pair{"The request was processed.", "Permintaan sudah diproses."}},
	"202-00": {causeProgress, pair{"The request is still being processed.", "Permintaan masih diproses."}},

	"400-00": {causeRequest, pair{"The request could not be understood.", "Permintaan tidak bisa dipahami."}},
	"400-01": {causeField, pair{"A field has the wrong form.", "Ada isian yang formatnya salah."}},
	"400-02": {causeField, pair{"A required field is missing or has the wrong form.", "Ada isian wajib yang kosong atau formatnya salah."}},

	"401-00": {causeAuth, pair{
		"The sender was not recognised: client key, signature or permission.",
		"Pengirim tidak dikenali: client key, tanda tangan, atau izinnya.",
	}},
	"401-01": {causeToken, pair{"The access token is no longer valid.", "Token akses sudah tidak berlaku."}},
	"401-02": {causeConsent, pair{"The customer's token is no longer valid.", "Token pelanggan sudah tidak berlaku."}},
	"401-03": {causeToken, pair{"The access token is not known.", "Token akses tidak dikenal."}},
	"401-04": {causeConsent, pair{"The customer's token is not known.", "Token pelanggan tidak dikenal."}},

	"403-00": {causeState, pair{"The time for this transaction is over.", "Waktu transaksi ini sudah habis."}},
	"403-01": {causeContract, pair{"This merchant may not use this function.", "Merchant ini tidak boleh memakai fungsi ini."}},
	"403-02": {causeCustomer, pair{"The amount is above the limit for one transaction.", "Jumlahnya melebihi batas satu transaksi."}},
	"403-03": {causeCustomer, pair{
		"The bank stopped this transaction as a precaution.",
		"Bank menghentikan transaksi ini untuk berjaga-jaga.",
	}},
	"403-04": {causeLater, pair{
		"The limit on the number of transactions has been reached.",
		"Batas jumlah transaksi sudah tercapai.",
	}},
	"403-05": {causeCustomer, pair{
		"The account or user has a status that does not allow this.",
		"Status rekening atau pengguna tidak mengizinkan ini.",
	}},
	"403-06": {causeLater, pair{
		"The function is closed at this hour (cut-off).",
		"Fungsi ini sedang tutup pada jam ini (cut-off).",
	}},
	"403-07": {causeCustomer, pair{"The card is blocked.", "Kartunya diblokir."}},
	"403-08": {causeCustomer, pair{"The card has expired.", "Kartunya sudah kedaluwarsa."}},
	"403-09": {causeCustomer, pair{"The account is dormant.", "Rekeningnya tidak aktif karena lama tidak dipakai."}},
	"403-10": {causeCustomer, pair{
		"A spending limit has to be set first.",
		"Batas belanja harus diatur dulu.",
	}},
	"403-11": {causeCustomer, pair{"The one-time code (OTP) is blocked.", "Kode sekali pakai (OTP) diblokir."}},
	"403-12": {causeCustomer, pair{"The one-time code (OTP) came too late.", "Kode sekali pakai (OTP) sudah kedaluwarsa."}},
	"403-13": {causeCustomer, pair{
		"The bank is sending the customer a one-time code (OTP).",
		"Bank sedang mengirim kode sekali pakai (OTP) ke pelanggan.",
	}},
	"403-14": {causeCustomer, pair{"The balance is too low.", "Saldonya tidak cukup."}},
	"403-15": {causeContract, pair{"This transaction is not permitted.", "Transaksi ini tidak diizinkan."}},
	"403-16": {causeState, pair{"The transaction is suspended.", "Transaksi ini ditangguhkan."}},
	"403-17": {causeCustomer, pair{
		"The amount is above the spending limit that was set.",
		"Jumlahnya melebihi batas belanja yang diatur.",
	}},
	"403-18": {causeCustomer, pair{"The card, account or customer is not active.", "Kartu, rekening, atau pelanggan tidak aktif."}},
	"403-19": {causeContract, pair{"The provider has suspended this merchant.", "Penyedia menangguhkan merchant ini."}},
	"403-20": {causeContract, pair{
		"This merchant's limit for the day has been reached.",
		"Batas harian merchant ini sudah tercapai.",
	}},
	"403-21": {causeCustomer, pair{"A spending limit cannot be set here.", "Batas belanja tidak bisa diatur di sini."}},
	"403-22": {causeCustomer, pair{
		"The spending limit is outside the agreed range.",
		"Batas belanja di luar rentang yang disepakati.",
	}},
	"403-23": {causeCustomer, pair{
		"The account's limit for the day has been reached.",
		"Batas harian rekening ini sudah tercapai.",
	}},

	"404-00": {causeState, pair{
		"The transaction's status does not allow this.",
		"Status transaksi tidak mengizinkan ini.",
	}},
	"404-01": {causeState, pair{"The transaction was not found.", "Transaksi tidak ditemukan."}},
	"404-02": {causeContract, pair{"There is no valid route to the bank.", "Tidak ada jalur yang benar ke bank."}},
	"404-03": {causeContract, pair{
		"The payment network does not serve this bank.",
		"Jaringan pembayaran tidak melayani bank ini.",
	}},
	"404-04": {causeState, pair{"The customer has cancelled the transaction.", "Pelanggan sudah membatalkan transaksi."}},
	"404-05": {causeContract, pair{
		"This merchant is not registered for card registration.",
		"Merchant ini tidak terdaftar untuk pendaftaran kartu.",
	}},
	"404-06": {causeCustomer, pair{
		"A one-time code (OTP) has to be requested first.",
		"Kode sekali pakai (OTP) harus diminta dulu.",
	}},
	"404-07": {causeContract, pair{
		"The provider does not know this sequence of steps (journey).",
		"Penyedia tidak mengenal rangkaian langkah ini (journey).",
	}},
	"404-08": {causeContract, pair{
		"The merchant does not exist or its status is not normal.",
		"Merchant tidak ada atau statusnya tidak normal.",
	}},
	"404-09": {causeContract, pair{"No bank was found for this card or account.", "Bank penerbit kartu atau rekening ini tidak ditemukan."}},
	"404-10": {causeContract, pair{
		"This step is not allowed at this point.",
		"Langkah ini belum boleh dilakukan pada tahap ini.",
	}},
	"404-11": {causeCustomer, pair{
		"The card, account or customer number was not accepted.",
		"Nomor kartu, rekening, atau pelanggan tidak diterima.",
	}},
	"404-12": {causeState, pair{
		"The bill or virtual account is blocked, suspended or not found.",
		"Tagihan atau virtual account diblokir, ditangguhkan, atau tidak ditemukan.",
	}},
	"404-13": {causeState, pair{
		"The amount is not the one the provider expects.",
		"Jumlahnya tidak sama dengan yang ada di penyedia.",
	}},
	"404-14": {causeRepeat, pair{"The bill has already been paid.", "Tagihan sudah dibayar."}},
	"404-15": {causeCustomer, pair{"The one-time code (OTP) is not right.", "Kode sekali pakai (OTP) tidak cocok."}},
	"404-16": {causeContract, pair{"The provider does not know the partner number.", "Penyedia tidak mengenal nomor mitra ini."}},
	"404-17": {causeContract, pair{"The provider does not know this terminal.", "Penyedia tidak mengenal terminal ini."}},
	"404-18": {causeRepeat, pair{
		"The same reference came before with other data.",
		"Referensi yang sama pernah dikirim dengan data lain.",
	}},
	"404-19": {causeState, pair{
		"The bill or virtual account has expired.",
		"Tagihan atau virtual account sudah kedaluwarsa.",
	}},

	"405-00": {causeContract, pair{"The provider does not support this function.", "Penyedia tidak mendukung fungsi ini."}},
	"405-01": {causeState, pair{
		"The transaction cannot be cancelled or refunded at this time.",
		"Transaksi tidak bisa dibatalkan atau dikembalikan saat ini.",
	}},

	"409-00": {causeRepeat, pair{
		"The message number (X-EXTERNAL-ID) was already used today.",
		"Nomor pesan (X-EXTERNAL-ID) sudah dipakai hari ini.",
	}},
	"409-01": {causeRepeat, pair{
		"A transaction with the same reference has already succeeded.",
		"Transaksi dengan referensi yang sama sudah berhasil.",
	}},

	"429-00": {causeLater, pair{
		"Too many requests came in a short time.",
		"Terlalu banyak permintaan dalam waktu singkat.",
	}},

	"500-00": {causeServer, pair{"The provider's system failed.", "Sistem penyedia gagal memproses."}},
	"500-01": {causeServer, pair{"The provider's system had an inner failure.", "Ada gangguan di dalam sistem penyedia."}},
	"500-02": {causeServer, pair{
		"A system behind the provider failed, such as the bank's.",
		"Sistem di belakang penyedia gagal, misalnya sistem bank.",
	}},
	"504-00": {causeServer, pair{"The bank did not answer the provider in time.", "Bank tidak menjawab penyedia tepat waktu."}},

	Timeout:      {causeServer, pair{"No answer came in time.", "Tidak ada jawaban sampai batas waktu."}},
	NoConnection: {causeNetwork, pair{"The provider could not be reached.", "Penyedia tidak bisa dihubungi."}},
	Unclear: {causeServer, pair{
		"The answer was incomplete or could not be read.",
		"Jawabannya tidak lengkap atau tidak terbaca.",
	}},
	UnknownCode: {causeServer, pair{
		"The answer carries a code that is in no document.",
		"Jawabannya berisi kode yang tidak ada di dokumen mana pun.",
	}},
}

// meansFor are meanings that an operation changes.
var meansFor = map[opKey]pair{
	{opPay, "200-00"}:      {"The provider accepted the payment.", "Penyedia menerima pembayaran."},
	{opPay, "202-00"}:      {"The payment is still being processed.", "Pembayaran masih diproses."},
	{opPay, "404-01"}:      {"The customer's code is not known or was already used.", "Kode pelanggan tidak dikenal atau sudah dipakai."},
	{opCode, "200-00"}:     {"The code was made.", "Kode sudah dibuat."},
	{opAsk, "200-00"}:      {"The provider answered the question.", "Penyedia menjawab pertanyaan."},
	{opAsk, "404-01"}:      {"The provider does not know this payment.", "Penyedia tidak mengenal pembayaran ini."},
	{opCancel, "200-00"}:   {"The provider accepted the cancel.", "Penyedia menerima pembatalan."},
	{opCancel, "404-01"}:   {"The provider does not know this payment.", "Penyedia tidak mengenal pembayaran ini."},
	{opCancel, "405-00"}:   {"This provider cannot cancel payments.", "Penyedia ini tidak bisa membatalkan pembayaran."},
	{opNotify, "200-00"}:   {"The notification was accepted.", "Notifikasi diterima."},
	{opNotify, "404-01"}:   {"The payment it names is not in this journal.", "Pembayaran yang disebutnya tidak ada di jurnal ini."},
	{opRefund, "200-00"}:   {"The provider accepted the refund.", "Penyedia menerima pengembalian."},
	{opRefund, "202-00"}:   {"The refund is still being processed.", "Pengembalian masih diproses."},
	{opRefund, "404-01"}:   {"The provider does not know the payment to refund.", "Penyedia tidak mengenal pembayaran yang akan dikembalikan."},
	{opToken, "200-00"}:    {"The access token was issued.", "Token akses sudah diterbitkan."},
	{opUserID, "200-00"}:   {"PayCools created the user ID.", "PayCools sudah membuat user ID."},
	{opDeposits, "200-00"}: {"PayCools answered with the deposits it knows.", "PayCools menjawab dengan setoran yang dikenalnya."},
	{opDeposits, "404-01"}: {"PayCools knows no deposit for this user ID yet.", "PayCools belum mengenal setoran untuk user ID ini."},
	{opUserID, "403-02"}: {
		"PayCools reports an amount limit, although a user ID carries no amount.",
		"PayCools menyebut batas jumlah, padahal user ID tidak memuat jumlah.",
	},
	{opUserID, "403-05"}: {
		"The account or user at PayCools has a status that does not allow this.",
		"Status rekening atau pengguna di PayCools tidak mengizinkan ini.",
	},
	{opUserID, "404-18"}: {
		"The same reference was sent to PayCools before with other data.",
		"Referensi yang sama pernah dikirim ke PayCools dengan data lain.",
	},
}
