package words

// historyWords are the list of all transactions and the page of one.
func historyWords() map[Key]pair {
	return map[Key]pair{
		"history.when":           {"When", "Waktu"},
		"history.amount":         {"Booked", "Masuk"},
		"history.state":          {"State", "Status"},
		"history.label":          {"Courier", "Kurir"},
		"history.empty":          {"Nothing here yet. What you do is listed here.", "Belum ada apa-apa. Semua yang dikerjakan tercatat di sini."},
		"history.nothing-open":   {"Nothing is open: everything has ended.", "Tidak ada yang terbuka: semuanya sudah selesai."},
		"history.open-only":      {"open ones", "yang terbuka"},
		"history.open-only-help": {"only what is not settled yet, or all", "hanya yang belum pasti, atau semua"},
		"history.all":            {"all", "semua"},

		"detail.title":         {"Transaction", "Transaksi"},
		"detail.reference":     {"Reference", "Referensi"},
		"detail.the-reference": {"the reference", "Referensi"},
		"detail.id":            {"User ID", "User ID"},
		"detail.cdm-reference": {"CDM reference", "Referensi CDM"},
		"detail.asked-at":      {"Asked for", "Diminta"},
		"detail.checked-at":    {"Last checked", "Terakhir dicek"},
		"detail.checks":        {"{at} · {n} times", "{at} · {n} kali"},
		"detail.operator":      {"Operator", "Petugas"},
		"detail.answer":        {"{provider} says", "Kata {provider}"},
		"detail.code-alone":    {"code {code}, without a word", "kode {code}, tanpa penjelasan"},
		"detail.deposits":      {"Deposits", "Setoran"},
		"detail.timeline":      {"What happened", "Yang terjadi"},
		"detail.no-events":     {"No event is kept for this.", "Tidak ada kejadian yang tersimpan."},
		"detail.more":          {"↓ {n} more lines", "↓ {n} baris lagi"},
		"detail.active":        {"It works at the machines. w shows its code again.", "Berfungsi di mesin. w menampilkan kodenya lagi."},
		"detail.watch":         {"show code, watch", "tampilkan kode, pantau"},
		"detail.watch-help":    {"show the code, watch for deposits", "tampilkan kode, pantau setoran"},
		"detail.copy":          {"copy reference", "salin referensi"},
		"detail.checked":       {"Checked: {n} booked, {sum}.", "Dicek: {n} masuk, {sum}."},

		"event.intent":    {"recorded", "dicatat"},
		"event.attempt":   {"sent, attempt {n}", "dikirim, percobaan {n}"},
		"event.answer":    {"answer", "jawaban"},
		"event.no-answer": {"no answer", "tidak ada jawaban"},
		"event.deposits":  {"deposits changed", "setoran berubah"},
		"event.checked":   {"nothing new", "tidak ada yang baru"},
		"event.settled":   {"ended at a start", "diakhiri saat mulai"},

		"moment.milliseconds": {"{n} ms", "{n} ms"},
	}
}
