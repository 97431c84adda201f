package words

// upkeepWords are what commands say that keep the journal healthy.
func upkeepWords() map[Key]pair {
	return map[Key]pair{
		"event.restored": {"a backup was restored; this may have been sent since", "cadangan dipulihkan; ini mungkin sudah terkirim sejak itu"},

		"upkeep.damaged": {
			"The journal {file} is damaged; the first bad record is {record}. Money at the provider is not affected, but this history cannot be trusted from there on. Nothing was changed. Put a backup in its place with: {command}",
			"Jurnal {file} rusak; catatan pertama yang salah: {record}. Uang di penyedia tidak terpengaruh, tetapi riwayat sejak catatan itu tidak bisa dipercaya. Tidak ada yang diubah. Ganti dengan cadangan: {command}",
		},
		"upkeep.unreadable": {
			"The journal {file} cannot be read: {problem}. It was left as it is, and nothing in it was overwritten. Put a backup in its place with: {command}",
			"Jurnal {file} tidak terbaca: {problem}. Berkasnya dibiarkan apa adanya dan isinya tidak ditimpa. Ganti dengan cadangan: {command}",
		},
		"upkeep.lost-tail": {
			"{n} events at the end of the journal {file} are known to be lost. What is there is sound, and work can go on. Ask the provider about payments of that time.",
			"{n} kejadian di akhir jurnal {file} diketahui hilang. Yang ada tetap utuh, dan pekerjaan bisa diteruskan. Tanyakan ke penyedia pembayaran dari waktu itu.",
		},
		"upkeep.no-head": {
			"There is no head file beside {file}, so a tail that was cut off cannot be noticed.",
			"Tidak ada berkas head di samping {file}, jadi ujung yang terpotong tidak bisa diketahui.",
		},
		"upkeep.no-journal": {
			"There is no journal {file} yet. Nothing was sent and nothing was made. Check --profile and --store.",
			"Jurnal {file} belum ada. Tidak ada yang terkirim dan tidak ada yang dibuat. Periksa --profile dan --store.",
		},
		"upkeep.no-backup": {
			"There is no backup {file}. Nothing was changed. Check the name of the file.",
			"Cadangan {file} tidak ada. Tidak ada yang diubah. Periksa nama berkasnya.",
		},
		"upkeep.no-folder": {
			"There is no folder {folder}. Nothing was changed. Make it first, or choose another place.",
			"Folder {folder} tidak ada. Tidak ada yang diubah. Buat dulu foldernya, atau pilih tempat lain.",
		},
		"upkeep.backup-full": {
			"The disk is full where {file} was to be. The journal itself was not touched, and work in it goes on. Free some space there, or choose another disk.",
			"Disk tempat {file} penuh. Jurnalnya sendiri tidak disentuh, dan pekerjaan di sana berjalan terus. Kosongkan ruang di situ, atau pilih disk lain.",
		},
		"upkeep.backup-read-only": {
			"{file} cannot be written there. The journal itself was not touched, and work in it goes on. Choose another folder, or have this user allowed to write there.",
			"{file} tidak bisa ditulis di situ. Jurnalnya sendiri tidak disentuh, dan pekerjaan di sana berjalan terus. Pilih folder lain, atau beri pengguna ini izin menulis di situ.",
		},
		"upkeep.itself": {
			"The file {file} is the journal itself, not a backup of it. Nothing was changed. Name the backup.",
			"Berkas {file} adalah jurnal itu sendiri, bukan cadangannya. Tidak ada yang diubah. Sebutkan cadangannya.",
		},
		"upkeep.exists": {
			"The file {file} is there already and was not overwritten. Nothing was changed. Choose another name.",
			"Berkas {file} sudah ada dan tidak ditimpa. Tidak ada yang diubah. Pilih nama lain.",
		},
		"upkeep.sound": {
			"The journal {file} is sound, so the backup does not take its place. Nothing was changed. To go back to the backup all the same, move the journal away first: {command}",
			"Jurnal {file} utuh, jadi cadangan tidak menggantikannya. Tidak ada yang diubah. Jika tetap mau kembali ke cadangan, pindahkan dulu jurnalnya: {command}",
		},
		"upkeep.bad-backup": {
			"The backup {file} is damaged itself and was not used. Nothing was changed. Take an earlier backup.",
			"Cadangan {file} sendiri rusak dan tidak dipakai. Tidak ada yang diubah. Pakai cadangan yang lebih lama.",
		},
		"upkeep.missing": {
			"What happened after {time} is missing in this journal: {n} transactions of that time were found in {aside} and are listed. Ask the provider about each of them before you charge anybody again. Their references cannot be used again.",
			"Kejadian sesudah {time} tidak ada di jurnal ini: {n} transaksi dari waktu itu ditemukan di {aside} dan didaftar. Tanyakan satu per satu ke penyedia sebelum menagih siapa pun lagi. Referensinya tidak bisa dipakai lagi.",
		},
		"upkeep.nothing-missing": {
			"Nothing that happened after the backup was found in {aside}. What stood in a damaged part of it is not known.",
			"Tidak ditemukan kejadian sesudah cadangan di {aside}. Isi bagian yang rusak di sana tidak diketahui.",
		},
		"upkeep.missing-unknown": {
			"What happened after {time} is missing in this journal, and there is no earlier file to read it from. Ask the provider about payments since then before you charge anybody again.",
			"Kejadian sesudah {time} tidak ada di jurnal ini, dan tidak ada berkas sebelumnya untuk membacanya. Tanyakan ke penyedia pembayaran sejak itu sebelum menagih siapa pun lagi.",
		},
		"upkeep.open": {
			"{n} open transactions are asked about again at the next start, or with: {command}",
			"{n} transaksi terbuka dicek lagi saat mulai berikutnya, atau dengan: {command}",
		},
		"upkeep.spent": {
			"The reference {reference} was used before this journal was restored from a backup. Nothing was sent and no money moved. Ask the provider what became of it; leave the reference out to get a new one.",
			"Referensi {reference} sudah dipakai sebelum jurnal ini dipulihkan dari cadangan. Tidak ada yang terkirim dan tidak ada uang yang berpindah. Tanyakan hasilnya ke penyedia; kosongkan referensi supaya dibuatkan yang baru.",
		},
	}
}
