package words

// troubleWords say on the screens why something could not be done where there
// is no response code to explain.
func troubleWords() map[Key]pair {
	return map[Key]pair{
		"trouble.no-provider": {
			"This profile has no provider of user IDs. Nothing was sent. Choose another profile, or ask whoever set this terminal up.",
			"Profil ini tidak punya penyedia user ID. Tidak ada yang terkirim. Pilih profil lain, atau tanya yang menyiapkan terminal ini.",
		},
		"trouble.other-profile": {
			"This record was made with another provider or merchant, so it is not asked about here. Nothing was sent. Start with the profile it was made with.",
			"Catatan ini dibuat dengan penyedia atau merchant lain, jadi tidak ditanyakan di sini. Tidak ada yang terkirim. Mulai dengan profil asalnya.",
		},
		"trouble.not-active": {
			"This user ID is not active, so there are no deposits to ask about. Nothing was sent.",
			"User ID ini tidak aktif, jadi tidak ada setoran yang perlu dicek. Tidak ada yang terkirim.",
		},
		"trouble.not-found": {
			"This reference is not in the journal. Nothing was sent. Go back and choose it from the list again.",
			"Referensi ini tidak ada di jurnal. Tidak ada yang terkirim. Kembali dan pilih lagi dari daftar.",
		},
		"trouble.other-request": {
			"This reference already belongs to another request. Nothing was sent. Go back and start again; you get a new reference.",
			"Referensi ini sudah dipakai permintaan lain. Tidak ada yang terkirim. Kembali dan mulai lagi; referensi baru dibuatkan.",
		},
		"trouble.journal": {
			"The journal could not do this: {problem}. What was saved before is safe. Try again; if it stays, call the help desk.",
			"Jurnal tidak bisa melakukannya: {problem}. Yang sudah tersimpan tetap aman. Coba lagi; jika tetap begitu, hubungi help desk.",
		},
		"trouble.damaged": {
			"The journal's file is damaged; nothing in it was overwritten. Take no payments here: leave, and run “cashier history verify”, which says what to do next.",
			"Berkas jurnal rusak; isinya tidak ditimpa. Jangan menerima pembayaran di sini: keluar, lalu jalankan “cashier history verify”; di situ ada langkah berikutnya.",
		},
		"trouble.full": {
			"The journal could not do this: the disk is full. What was saved before is safe. Make room on the disk, then try again.",
			"Jurnal tidak bisa melakukannya: disk penuh. Yang sudah tersimpan tetap aman. Kosongkan ruang di disk, lalu coba lagi.",
		},
		"problem.full":      {"the disk is full", "disk penuh"},
		"problem.read-only": {"the disk can only be read", "disk hanya bisa dibaca"},
		"problem.damaged":   {"its file is damaged", "berkasnya rusak"},
		"problem.busy":      {"another window has it and does not answer", "jendela lain memegangnya dan tidak menjawab"},
		"problem.stale":     {"another window has changed the record meanwhile", "jendela lain sudah mengubah catatannya"},

		"trouble.token.means": {
			"The provider gave no access token, so we could not sign in there.",
			"Penyedia tidak memberi token akses, jadi kami tidak bisa masuk ke sana.",
		},
		"trouble.token.money": {"Nothing was sent; no money moved.", "Tidak ada yang terkirim; tidak ada uang yang berpindah."},
		"trouble.token.do": {
			"Check the network and try again; if it stays, run “cashier doctor”.",
			"Periksa jaringan lalu coba lagi; jika tetap begitu, jalankan “cashier doctor”.",
		},
		"trouble.journal.means": {
			"The journal could not record the next attempt, so it was not made.",
			"Jurnal tidak bisa mencatat percobaan berikutnya, jadi percobaan itu tidak dilakukan.",
		},
		"trouble.journal.money": {"That attempt was not sent; no money moves when a user ID is made.", "Percobaan itu tidak terkirim; membuat user ID tidak memindahkan uang."},
		"trouble.journal.do": {
			"Make room on the disk, then ask again.",
			"Kosongkan ruang di disk, lalu minta lagi.",
		},
		"trouble.request.means": {
			"The request does not fit what the provider's document allows.",
			"Permintaan tidak sesuai dengan dokumen penyedia.",
		},
		"trouble.request.money": {"Nothing was sent; no money moved.", "Tidak ada yang terkirim; tidak ada uang yang berpindah."},
		"trouble.request.do": {
			"Check the details and the config, then try again.",
			"Periksa isian dan konfigurasi, lalu coba lagi.",
		},

		"moment.seconds": {"{n} s", "{n} dtk"},

		"deposit.booked":  {"booked", "masuk"},
		"deposit.waiting": {"waiting", "menunggu"},
		"deposit.other":   {"status {status}", "status {status}"},
	}
}
