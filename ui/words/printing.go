package words

// printingWords are prints on a receipt printer, and what is saved where there
// is none.
func printingWords() map[Key]pair {
	return map[Key]pair{
		"print.print":        {"print", "cetak"},
		"print.print-help":   {"print it on the receipt printer", "cetak di printer struk"},
		"print.save":         {"save text", "simpan teks"},
		"print.save-help":    {"save it as a text file; no printer is configured", "simpan sebagai berkas teks; belum ada printer"},
		"print.save-too":     {"save it as a text file", "simpan sebagai berkas teks"},
		"print.receipt":      {"print receipt", "cetak struk"},
		"print.receipt-help": {"print the receipt and show it", "cetak struk dan tampilkan"},
		"print.busy":         {"it is being printed", "sedang dicetak"},
		"print.printing":     {"Printing on {printer} …", "Mencetak di {printer} …"},
		"print.done":         {"Printed.", "Sudah dicetak."},
		"print.done-copy":    {"Printed, marked as a copy: the original was printed before.", "Sudah dicetak sebagai SALINAN: aslinya sudah pernah dicetak."},
		"print.saved":        {"Saved as {path}", "Disimpan sebagai {path}"},
		"print.not-saved":    {"It could not be saved: {problem}", "Tidak bisa disimpan: {problem}"},
		"print.copy-next":    {"Printed before: the next one is marked as a copy.", "Sudah pernah dicetak: berikutnya ditandai SALINAN."},
		"print.failed":       {"Not printed", "Tidak tercetak"},
		"print.money":        {"This is about paper alone: what stands in the journal stays as it is.", "Ini soal kertas saja: catatan di jurnal tetap seperti semula."},

		"print.off":    {"The printer {printer} cannot be reached, and nothing was printed. Is it switched on, plugged in and online? Then print again.", "Printer {printer} tidak bisa dihubungi, tidak ada yang tercetak. Apakah menyala, tersambung, dan online? Lalu cetak lagi."},
		"print.stuck":  {"The printer {printer} stopped in the middle. Look for paper, an open cover or a jam, then print again.", "Printer {printer} berhenti di tengah. Periksa kertas, tutup yang terbuka, atau macet, lalu cetak lagi."},
		"print.silent": {"The printer {printer} took the print and has not said that it printed. Look whether the paper is out or the cover open. If it prints but never answers, set \"answers\": false for it in the config.", "Printer {printer} menerima cetakan tetapi tidak menjawab. Periksa apakah kertas habis atau tutup terbuka. Jika selalu mencetak tanpa menjawab, tulis \"answers\": false di konfigurasi."},
		"print.empty":  {"The printer {printer} has no paper. Put in a new roll, then print again.", "Kertas printer {printer} habis. Pasang gulungan baru, lalu cetak lagi."},
		"print.other":  {"It could not be printed: {problem}", "Tidak bisa dicetak: {problem}"},

		"print.none":       {"Name a printer in the profile: \"printer\":{\"device\":\"/dev/usb/lp0\"} or \"printer\":{\"address\":\"192.168.1.50:9100\"}.", "Tulis printer di profil: \"printer\":{\"device\":\"/dev/usb/lp0\"} atau \"printer\":{\"address\":\"192.168.1.50:9100\"}."},
		"print.no-receipt": {"Only a payment that was paid has a receipt. --slip gives the help-desk slip.", "Hanya pembayaran lunas yang punya struk. --slip memberi slip help desk."},

		"receipt.copied": {"COPY", "SALINAN"},

		"ticket.title":    {"Cash deposits (CDM)", "Setor tunai (CDM)"},
		"ticket.hold":     {"Hold this code to the machine's reader.", "Tempelkan kode ini ke pembaca mesin."},
		"ticket.made":     {"Made", "Dibuat"},
		"ticket.the-code": {"User ID", "User ID"},
	}
}
