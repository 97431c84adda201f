package words

// ownerWords are about the one process that has a journal, and the others that
// work through it (DESIGN.md 3).
func ownerWords() map[Key]pair {
	return map[Key]pair{
		"owner.none-open":  {"Nothing is open.", "Tidak ada yang terbuka."},
		"owner.still-open": {"Still open: {n}.", "Masih terbuka: {n}."},
		"owner.beside":     {"2nd screen", "layar ke-2"},
		"owner.version": {
			"Two versions of the program do not work on one journal. Close the other one, then try again. Nothing was sent.",
			"Dua versi program tidak bekerja pada satu jurnal. Tutup yang lain, lalu coba lagi. Tidak ada yang terkirim.",
		},
		"owner.unsafe": {
			"Another user of this machine could use or could have made {file}. Find out who did, remove it, then try again. Nothing was sent.",
			"Pengguna lain di mesin ini bisa memakai atau mungkin telah membuat {file}. Cari tahu siapa, hapus, lalu coba lagi. Tidak ada yang terkirim.",
		},
		"owner.stuck": {
			"It may have been done or sent all the same. Look into the history before you repeat it, with the same reference.",
			"Mungkin tetap sudah dikerjakan atau terkirim. Periksa riwayat sebelum mengulang, dengan referensi yang sama.",
		},
		"owner.gone": {
			"The process that did this has ended in its middle. Look whether it was done before you repeat it.",
			"Proses yang mengerjakan ini berhenti di tengah jalan. Periksa dulu apakah sudah terjadi sebelum mengulanginya.",
		},
	}
}
