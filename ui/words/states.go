package words

// stateWords say the state of a transaction, a deposit or the link: what
// happened and what it means for the money. Keys are "state." and the state's
// name in JSON; a longer key is a case of that state.
func stateWords() map[Key]pair {
	return map[Key]pair{
		"state.intent": {"Not sent yet.", "Belum dikirim."},
		"state.sent":   {"Waiting for the bank", "Menunggu bank"},
		"state.pending": {
			"Waiting for the customer",
			"Menunggu pelanggan",
		},
		"state.unknown": {
			"Not sure yet. Do NOT charge again.",
			"BELUM PASTI. Jangan tagih ulang.",
		},
		"state.paid": {"Paid", "Lunas"},
		"state.failed": {
			"Declined: {reason}. The customer was not charged.",
			"Ditolak: {reason}. Pelanggan tidak terdebit.",
		},
		"state.cancelling": {
			"Cancelling, making sure",
			"Membatalkan, memastikan",
		},
		// The provider ended with 05 or 06: no money was taken.
		"state.cancelled": {
			"Cancelled. The customer was not charged.",
			"Dibatalkan. Pelanggan tidak terdebit.",
		},
		// The provider ended with 04: the money was taken and went back.
		"state.cancelled.refunded": {
			"Cancelled. The money went back to the customer.",
			"Dibatalkan. Uang kembali ke pelanggan.",
		},
		"state.late-paid": {
			"Paid after all, at {time}. Keep it or refund it.",
			"Ternyata lunas, pukul {time}. Terima atau kembalikan.",
		},
		"state.not-found": {
			"The provider does not know this payment. The customer was not charged.",
			"Pembayaran tidak dikenal penyedia. Pelanggan tidak terdebit.",
		},
		"state.unsent": {"Nothing was sent.", "Tidak ada yang terkirim."},
		// Paid at the provider while the journal could not be written.
		"state.paid.unrecorded": {
			"Paid at the provider, NOT recorded here. Write down {reference}.",
			"Lunas di penyedia, TIDAK tercatat di sini. Catat {reference}.",
		},
		// The cancel came too late.
		"state.paid.won": {
			"Paid before it could be cancelled",
			"Sudah lunas sebelum dibatalkan",
		},
		"state.parked": {
			"Still open. Quote this reference to the help desk.",
			"Masih terbuka. Sebutkan referensi ini ke help desk.",
		},
		"state.doubled": {
			"Paid twice. Refund prepared.",
			"Terbayar dua kali. Pengembalian disiapkan.",
		},
		"state.refunded": {"Refunded {amount}", "Dikembalikan {amount}"},

		"state.active": {
			"Active. Hold this code to the machine's reader.",
			"Aktif. Tempelkan kode ini ke pembaca mesin.",
		},
		"state.inactive": {
			"Not active, so there is no code to show. No money moved. Contact {provider} and quote {reference}.",
			"Tidak aktif, jadi tidak ada kode yang ditampilkan. Tidak ada uang yang berpindah. Hubungi {provider} dan sebutkan {reference}.",
		},
		"state.userid.sent": {
			"Waiting for {provider}",
			"Menunggu {provider}",
		},
		"state.userid.failed": {
			"No user ID: {reason}. No money moved.",
			"User ID gagal dibuat: {reason}. Tidak ada uang yang berpindah.",
		},
		"state.userid.unknown": {
			"Not sure yet whether the user ID was made. No money moves here; asking again is safe.",
			"Belum pasti apakah user ID sudah dibuat. Tidak ada uang yang berpindah; aman untuk diminta lagi.",
		},

		"state.deposit.booked":  {"Deposited", "Setoran masuk"},
		"state.deposit.waiting": {"Waiting", "Menunggu"},
		// A status the provider's document does not explain; it is not counted.
		"state.deposit.other": {
			"Status {status}, not counted",
			"Status {status}, tidak dihitung",
		},
		// The same deposit came again with another amount.
		"state.deposit.changed": {
			"Amount changed from {old} to {new}. Ask {provider} about {reference}.",
			"Jumlah berubah dari {old} menjadi {new}. Tanyakan {reference} ke {provider}.",
		},

		"state.refund.intent": {"Refund not sent yet.", "Pengembalian belum dikirim."},
		"state.refund.sent": {
			"Refund sent, waiting for the bank",
			"Pengembalian dikirim, menunggu bank",
		},
		"state.refund.refunded": {"Refunded {amount}", "Dikembalikan {amount}"},
		"state.refund.refused": {
			"Refund refused: {reason}. The payment stays paid.",
			"Pengembalian ditolak: {reason}. Pembayaran tetap lunas.",
		},
		"state.refund.unknown": {
			"Refund not sure yet. Do NOT refund again.",
			"Pengembalian BELUM PASTI. Jangan kembalikan lagi.",
		},

		"state.link.down": {
			"No connection since {time}. Nothing is lost.",
			"Tidak ada koneksi sejak {time}. Tidak ada yang hilang.",
		},
		"state.link.up": {
			"Connected again at {time}.",
			"Tersambung lagi pukul {time}.",
		},
	}
}

// shortWords are the same states in one or two words for lists and tables,
// beside a sign. Keys are "short." and the state's name in JSON.
func shortWords() map[Key]pair {
	return map[Key]pair{
		"short.intent":     {"not sent yet", "belum dikirim"},
		"short.sent":       {"waiting", "menunggu"},
		"short.pending":    {"waiting", "menunggu"},
		"short.unknown":    {"not sure yet", "belum pasti"},
		"short.cancelling": {"cancelling", "membatalkan"},
		"short.parked":     {"still open", "masih terbuka"},
		"short.paid":       {"paid", "lunas"},
		"short.failed":     {"declined", "ditolak"},
		"short.cancelled":  {"cancelled", "dibatalkan"},
		"short.refunded":   {"refunded", "dikembalikan"},
		"short.unsent":     {"nothing sent", "tidak terkirim"},
		"short.not-found":  {"not known", "tidak dikenal"},
		"short.late-paid":  {"paid after all", "ternyata lunas"},
		"short.doubled":    {"paid twice", "terbayar dua kali"},
		"short.active":     {"active", "aktif"},
		"short.inactive":   {"not active", "tidak aktif"},
		"short.refused":    {"refused", "ditolak"},
		"short.booked":     {"deposited", "setoran masuk"},
		"short.waiting":    {"waiting", "menunggu"},
	}
}
