package words

// linearWords are the console for a screen reader (ACCESSIBLE=1): one question
// a line.
func linearWords() map[Key]pair {
	return map[Key]pair{
		"linear.welcome":  {"cashier, one question at a time. Nothing is drawn again. Profile: {profile}.", "cashier, satu pertanyaan per baris. Tidak ada yang digambar ulang. Profil: {profile}."},
		"linear.sandbox":  {"SANDBOX: this is test money.", "SANDBOX: ini uang uji."},
		"linear.choose":   {"Your choice", "Pilihan Anda"},
		"linear.unknown":  {"There is no {answer} here. Type one of the numbers above.", "Tidak ada {answer} di sini. Ketik salah satu angka di atas."},
		"linear.back":     {"An empty line goes back to the menu.", "Baris kosong kembali ke menu."},
		"linear.leave":    {"Leave", "Keluar"},
		"linear.cdm":      {"CDM user ID: a code for the deposit machine", "User ID CDM: kode untuk mesin setor tunai"},
		"linear.pay":      {"Take a payment", "Terima pembayaran"},
		"linear.show":     {"What happened to a reference", "Apa yang terjadi pada suatu referensi"},
		"linear.settle":   {"Ask about everything that is open", "Cek semua yang masih terbuka"},
		"linear.history":  {"The latest ten", "Sepuluh terbaru"},
		"linear.cancel":   {"Cancel a payment", "Batalkan pembayaran"},
		"linear.refund":   {"Give money back", "Kembalikan uang"},
		"linear.watch":    {"Watch the deposits of a user ID for five minutes", "Pantau setoran suatu user ID selama lima menit"},
		"linear.explain":  {"Explain a response code", "Jelaskan kode respons"},
		"linear.session":  {"Session: open, X report, close, Z reports", "Sesi: buka, laporan X, tutup, laporan Z"},
		"linear.x":        {"X report: what the session has come to so far", "Laporan X: hasil sesi sejauh ini"},
		"linear.open":     {"Open a session, or say who works here", "Buka sesi, atau isi petugasnya"},
		"linear.close":    {"Close the session with its Z report", "Tutup sesi dengan laporan Z"},
		"linear.z":        {"Z report of a closed session", "Laporan Z sesi yang sudah ditutup"},
		"linear.to-menu":  {"Back to the menu", "Kembali ke menu"},
		"linear.number":   {"Which number?", "Nomor berapa?"},
		"linear.opens":    {"Open a session for {operator}, branch {branch}, {cash} in hand", "Buka sesi untuk {operator}, cabang {branch}, uang di awal {cash}"},
		"linear.which":    {"Which reference?", "Referensi yang mana?"},
		"linear.code":     {"Which code?", "Kode yang mana?"},
		"linear.why":      {"Why? May stay empty.", "Mengapa? Boleh kosong."},
		"linear.sure":     {"Type {yes} to do it, anything else leaves it", "Ketik {yes} untuk melakukannya, yang lain membatalkan"},
		"linear.yes":      {"yes", "ya"},
		"linear.left":     {"Nothing was done.", "Tidak ada yang dilakukan."},
		"linear.deposits": {"Get a user ID for {courier}", "Minta user ID untuk {courier}"},
		"linear.charge":   {"Charge {sum} to {card}", "Tagih {sum} ke {card}"},
		"linear.cancels":  {"Cancel payment {reference}", "Batalkan pembayaran {reference}"},
		"linear.returns":  {"Give {sum} back of payment {reference}", "Kembalikan {sum} dari pembayaran {reference}"},
	}
}
