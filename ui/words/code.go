package words

// showCodeWords are the screen that shows a code and its deposits.
func showCodeWords() map[Key]pair {
	return map[Key]pair{
		"code.active":           {"ACTIVE", "AKTIF"},
		"code.hold":             {"Hold this code to the machine's reader.", "Tempelkan kode ini ke pembaca mesin."},
		"code.booked":           {"Booked {n}", "Masuk {n}"},
		"code.waiting":          {"waiting {n}", "menunggu {n}"},
		"code.no-deposits":      {"No deposit yet.", "Belum ada setoran."},
		"code.no-deposits-test": {"No deposit yet. t puts in test money.", "Belum ada setoran. t menyetor uang uji."},
		"code.more-deposits":    {"and {n} more: History shows all", "dan {n} lagi: semua ada di Riwayat"},
		"code.news":             {"A deposit was booked. Now {count}, {sum}.", "Setoran masuk. Sekarang {count}, {sum}."},

		"code.never-checked": {"Not checked yet", "Belum dicek"},
		"code.checked":       {"Checked {ago} ago", "Dicek {ago} lalu"},
		"code.checked-at":    {"Checked {at}", "Dicek {at}"},
		"code.checking":      {"checking now", "sedang dicek"},
		"code.next":          {"next in {in}", "lagi dalam {in}"},
		"code.ended":         {"no longer by itself: press r", "tidak otomatis lagi: tekan r"},
		"code.skew":          {"This computer's clock is off by {skew}. Set it to network time.", "Jam komputer ini meleset {skew}. Atur ke waktu jaringan."},
		"code.odd-answer":    {"A part of {provider}'s answer could not be read; it is asked again.", "Sebagian jawaban {provider} tidak terbaca; ditanyakan lagi."},
		"deposit.flag":       {"A deposit came with two amounts. Ask {provider}.", "Ada setoran dengan dua jumlah. Tanyakan ke {provider}."},

		"code.too-large":       {"The code needs {need}, there is room for {have} here (columns x rows). f shows it alone, p saves it as a picture.", "Kode perlu {need}, di sini ada {have} (kolom x baris). f menampilkannya sendiri, p menyimpannya sebagai gambar."},
		"code.too-large-alone": {"The code needs {need}, the window has {have} (columns x rows). Enlarge the window, or press p to save it as a picture.", "Kode perlu {need}, jendela ini {have} (kolom x baris). Perbesar jendela, atau tekan p untuk menyimpannya sebagai gambar."},
		"code.unfit":           {"This text cannot be drawn as a code. c copies it.", "Teks ini tidak bisa digambar sebagai kode. c menyalinnya."},
		"code.alone-back":      {"Esc goes back.", "Esc untuk kembali."},

		"code.alone":         {"alone", "penuh"},
		"code.alone-help":    {"show the code alone, as large as it goes", "tampilkan kode saja, sebesar mungkin"},
		"code.beside":        {"back to the deposits", "kembali ke setoran"},
		"code.png":           {"save PNG", "PNG"},
		"code.png-help":      {"save the code as a picture to hand on", "simpan kode sebagai gambar"},
		"code.saved":         {"Saved as", "Disimpan sebagai"},
		"code.picture-saved": {"The code was saved as a picture.", "Kode disimpan sebagai gambar."},
		"code.not-saved":     {"The picture could not be saved: {problem}", "Gambar tidak bisa disimpan: {problem}"},
		"code.copy":          {"copy id", "salin id"},
		"code.copy-help":     {"copy the user ID", "salin user ID"},
		"code.the-id":        {"the user ID", "User ID"},
		"code.check":         {"check now", "cek"},
		"code.check-help":    {"ask for deposits at once", "tanyakan setoran sekarang juga"},
		"code.new":           {"new", "baru"},
		"code.new-help":      {"ask for another user ID", "minta user ID lain"},
		"code.test":          {"test deposit", "setor uji"},
		"code.test-help":     {"put test money into the sandbox's machine", "setor uang uji ke mesin sandbox"},
	}
}
