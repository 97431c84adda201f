package words

// networkErrors say why a request got no answer. Those that happen before the
// request is written (no connection, DNS, TLS) sent nothing; a timeout or a
// broken answer leaves the outcome open.
func networkErrors() map[Key]pair {
	return map[Key]pair{
		"error.no-connection": {
			"No connection to {host}. Nothing was sent and no money moved. Check the network and try again.",
			"Tidak ada koneksi ke {host}. Tidak ada yang terkirim dan tidak ada uang yang berpindah. Periksa jaringan lalu coba lagi.",
		},
		"error.dns": {
			"The name {host} was not found on the network. Nothing was sent and no money moved. Check the network, then baseUrl in the config.",
			"Nama {host} tidak ditemukan di jaringan. Tidak ada yang terkirim dan tidak ada uang yang berpindah. Periksa jaringan, lalu baseUrl di konfigurasi.",
		},
		"error.tls": {
			"No secure connection to {host}: {problem}. Nothing was sent and no money moved. Check this computer's date; if it is right, give this message to the help desk.",
			"Koneksi aman ke {host} gagal: {problem}. Tidak ada yang terkirim dan tidak ada uang yang berpindah. Periksa tanggal komputer ini; jika sudah benar, sampaikan pesan ini ke help desk.",
		},
		"error.tls-old": {
			"{host} is allowed the older TLS 1.2 by this profile. Payments work, but less protected. Ask the provider for TLS 1.3, then remove the switch from the config.",
			"{host} diizinkan memakai TLS 1.2 yang lama oleh profil ini. Pembayaran tetap jalan, tetapi kurang terlindungi. Minta TLS 1.3 ke penyedia, lalu hapus setelan itu dari konfigurasi.",
		},
		"error.timeout": {
			"{host} did not answer within {seconds} s. The request may have arrived, so its result is open. Do not repeat it by hand; check now, or wait for the next check.",
			"{host} tidak menjawab dalam {seconds} detik. Permintaan mungkin sudah sampai, jadi hasilnya belum pasti. Jangan ulangi sendiri; cek sekarang, atau tunggu pengecekan berikutnya.",
		},
		"error.broken-answer": {
			"The answer from {host} could not be read. Its result is open. Do not repeat the request by hand; check now, or wait for the next check.",
			"Jawaban dari {host} tidak terbaca. Hasilnya belum pasti. Jangan ulangi permintaan sendiri; cek sekarang, atau tunggu pengecekan berikutnya.",
		},
		"error.clock-skew": {
			"This computer's clock differs from the provider's by {skew}. The provider may refuse requests because of it; money is not affected. Set the clock to automatic (network) time.",
			"Jam komputer ini berbeda {skew} dari jam penyedia. Penyedia bisa menolak permintaan karenanya; uang tidak terpengaruh. Atur jam ke waktu otomatis (jaringan).",
		},
	}
}

// storeErrors say what is wrong with the journal or the disk below it.
func storeErrors() map[Key]pair {
	return map[Key]pair{
		"error.disk-full": {
			"The disk is full, so {file} cannot be written. What was saved before is safe; new requests wait, because they must be recorded before they are sent. Free some space and try again.",
			"Disk penuh, jadi {file} tidak bisa ditulis. Yang sudah tersimpan tetap aman; permintaan baru ditunda, karena harus dicatat sebelum dikirim. Kosongkan ruang lalu coba lagi.",
		},
		"error.read-only": {
			"{file} is on a read-only disk. Nothing was sent, because a request must be recorded first. Make the disk writable or choose another place with --store.",
			"{file} ada di disk yang hanya bisa dibaca. Tidak ada yang terkirim, karena permintaan harus dicatat dulu. Buat disk bisa ditulis atau pilih tempat lain dengan --store.",
		},
		"error.permission": {
			"No permission to use {file}. Nothing was sent. Give this user access to the file, or sign in as its owner.",
			"Tidak ada izin memakai {file}. Tidak ada yang terkirim. Beri pengguna ini akses ke berkas itu, atau masuk sebagai pemiliknya.",
		},
		"error.locked-unknown": {
			"Another process has the journal {file} open. Nothing was sent. Close the other window or program that uses it, then try again.",
			"Proses lain sedang membuka jurnal {file}. Tidak ada yang terkirim. Tutup jendela atau program yang memakainya, lalu coba lagi.",
		},
		"error.locked": {
			"The journal {file} has been in use by process {pid} since {since}. Nothing was sent. Use that window, or close it and try again.",
			"Jurnal {file} dipakai proses {pid} sejak {since}. Tidak ada yang terkirim. Pakai jendela itu, atau tutup dulu lalu coba lagi.",
		},
		"error.owner-silent": {
			"Process {pid} has held the journal {file} since {since} and does not answer. Nothing was sent. Close that process, then try again.",
			"Proses {pid} memegang jurnal {file} sejak {since} dan tidak menjawab. Tidak ada yang terkirim. Tutup proses itu, lalu coba lagi.",
		},
		"error.damaged": {
			"The journal was damaged and has been set aside as {aside}; nothing in it was overwritten. Payments that were open may be missing here. Recover it with: {command}",
			"Jurnal rusak dan sudah disisihkan sebagai {aside}; isinya tidak ditimpa. Pembayaran yang masih terbuka mungkin belum ada di sini. Pulihkan dengan: {command}",
		},
		"error.chain-broken": {
			"The journal's record {record} was changed or is missing. Money at the provider is not affected, but this history cannot be trusted from there on. Keep the file and call the help desk.",
			"Catatan {record} di jurnal berubah atau hilang. Uang di penyedia tidak terpengaruh, tetapi riwayat sejak catatan itu tidak bisa dipercaya. Simpan berkasnya dan hubungi help desk.",
		},
		"error.wrong-profile": {
			"The journal {file} belongs to profile {have}, not to {want}. Nothing was opened and nothing was sent. Start with --profile {have}, or choose another file with --store.",
			"Jurnal {file} milik profil {have}, bukan {want}. Tidak ada yang dibuka dan tidak ada yang terkirim. Mulai dengan --profile {have}, atau pilih berkas lain dengan --store.",
		},
		"error.newer-schema": {
			"The journal {file} was written by a newer cashier. It was not changed and nothing was sent. Install that version and start again.",
			"Jurnal {file} ditulis oleh cashier yang lebih baru. Isinya tidak diubah dan tidak ada yang terkirim. Pasang versi itu lalu jalankan lagi.",
		},
		"error.not-recorded": {
			"The request could not be recorded: {problem}. It was therefore not sent and no money moved. Solve the problem, then try again.",
			"Permintaan tidak bisa dicatat: {problem}. Karena itu tidak dikirim dan tidak ada uang yang berpindah. Selesaikan masalahnya, lalu coba lagi.",
		},
		"error.not-saved": {
			"{file} could not be saved: {problem}. No money is affected. Choose another place and save again.",
			"{file} tidak bisa disimpan: {problem}. Uang tidak terpengaruh. Pilih tempat lain lalu simpan lagi.",
		},
		"error.unknown-reference": {
			"There is nothing under {reference} in this journal. No money moved because of this search. Check the reference and the profile, then search again.",
			"Tidak ada {reference} di jurnal ini. Tidak ada uang yang berpindah karena pencarian ini. Periksa referensi dan profil, lalu cari lagi.",
		},
	}
}

// configErrors say what is wrong with the config file or a secret it names.
// None of them comes after a request was sent.
func configErrors() map[Key]pair {
	return map[Key]pair{
		"error.config-missing": {
			"There is no config file {file}. Nothing was sent. Make one with: cashier config init",
			"Berkas konfigurasi {file} tidak ada. Tidak ada yang terkirim. Buat dengan: cashier config init",
		},
		"error.config-line": {
			"{file}, line {line}: {field} {problem}. Nothing was sent. {cure}",
			"{file}, baris {line}: {field} {problem}. Tidak ada yang terkirim. {cure}",
		},
		"error.config-needed-damaged": {
			"Without a config there is only the sandbox, and it does not touch this journal: it may hold real transactions. Nothing was sent or changed. Restore the config, then a backup of the journal; or choose another journal with --store.",
			"Tanpa konfigurasi hanya ada sandbox, dan sandbox tidak menyentuh jurnal ini: mungkin berisi transaksi sungguhan. Tidak ada yang terkirim atau diubah. Kembalikan konfigurasinya, lalu pulihkan cadangan jurnal; atau pilih jurnal lain dengan --store.",
		},
		"error.config-needed": {
			"The config is missing, but the journal {file} holds real transactions, so the sandbox is not started. Nothing was sent. Restore the config, or choose another journal with --store.",
			"Konfigurasi tidak ada, padahal jurnal {file} berisi transaksi sungguhan, jadi sandbox tidak dijalankan. Tidak ada yang terkirim. Kembalikan konfigurasinya, atau pilih jurnal lain dengan --store.",
		},
		"error.profile-unknown": {
			"The config has no profile {profile}. Nothing was sent. Choose one of: {profiles}",
			"Konfigurasi tidak punya profil {profile}. Tidak ada yang terkirim. Pilih salah satu: {profiles}",
		},
		"error.plain-http": {
			"{url} is not encrypted, and http:// is only for this computer itself. Nothing was sent. Write https:// in the config.",
			"{url} tidak terenkripsi, dan http:// hanya untuk komputer ini sendiri. Tidak ada yang terkirim. Tulis https:// di konfigurasi.",
		},
		"error.key-open": {
			"The key file {file} can be read by other users of this computer. It was not used and nothing was sent. Close it with: chmod 600 {file}",
			"Berkas kunci {file} bisa dibaca pengguna lain di komputer ini. Berkas itu tidak dipakai dan tidak ada yang terkirim. Tutup dengan: chmod 600 {file}",
		},
		"error.key-missing": {
			"The key file {file} is not there. Nothing was sent. Copy it there, or correct {field} in the config.",
			"Berkas kunci {file} tidak ada. Tidak ada yang terkirim. Salin ke sana, atau perbaiki {field} di konfigurasi.",
		},
		"error.key-bad": {
			"{file} is not a usable RSA private key: {problem}. Nothing was sent. Put the PEM file (PKCS#1 or PKCS#8) there that belongs to your contract.",
			"{file} bukan kunci privat RSA yang bisa dipakai: {problem}. Tidak ada yang terkirim. Taruh berkas PEM (PKCS#1 atau PKCS#8) sesuai kontrak Anda di sana.",
		},
		"error.env-missing": {
			"The environment variable {name} is not set, but {field} in the config needs it. Nothing was sent. Set it and start again.",
			"Variabel lingkungan {name} belum diisi, padahal {field} di konfigurasi membutuhkannya. Tidak ada yang terkirim. Isi dulu lalu jalankan lagi.",
		},
		"error.keyring-missing": {
			"The keyring has no entry {name}, but {field} in the config needs it. Nothing was sent. Store it in the keyring and start again.",
			"Keyring tidak punya entri {name}, padahal {field} di konfigurasi membutuhkannya. Tidak ada yang terkirim. Simpan dulu di keyring lalu jalankan lagi.",
		},
		"error.secret-inline": {
			"{field} in {file} holds the secret itself. It was not used and nothing was sent. Move it to a file, a variable or the keyring, and refer to that.",
			"{field} di {file} berisi rahasianya langsung. Rahasia itu tidak dipakai dan tidak ada yang terkirim. Pindahkan ke berkas, variabel, atau keyring, lalu rujuk dari sana.",
		},
		"error.field-missing": {
			"{field} is empty, and the provider needs it. Nothing was sent. Fill it in and try again.",
			"{field} masih kosong, padahal dibutuhkan penyedia. Tidak ada yang terkirim. Isi dulu lalu coba lagi.",
		},
		"error.field-long": {
			"{field} has {have} characters; the provider takes {max} at most. Nothing was sent. Shorten it and try again.",
			"{field} berisi {have} karakter; penyedia menerima paling banyak {max}. Tidak ada yang terkirim. Pendekkan lalu coba lagi.",
		},
		"error.field-bad": {
			"{field} cannot be used: {problem}. Nothing was sent. Correct it and try again.",
			"{field} tidak bisa dipakai: {problem}. Tidak ada yang terkirim. Perbaiki lalu coba lagi.",
		},
		"error.reference-used": {
			"The reference {reference} already belongs to another request. Nothing was sent and no money moved. Look it up, or leave the reference out to get a new one.",
			"Referensi {reference} sudah dipakai permintaan lain. Tidak ada yang terkirim dan tidak ada uang yang berpindah. Cari referensi itu, atau kosongkan supaya dibuatkan yang baru.",
		},
		"error.unexpected": {
			"Something went wrong inside the program: {problem}. What was recorded is safe. Start again; open items are checked by themselves. Details: {file}",
			"Ada yang salah di dalam program: {problem}. Yang sudah tercatat tetap aman. Jalankan lagi; yang masih terbuka dicek otomatis. Rincian: {file}",
		},
	}
}
