package words

// filterWords are the filter line of the history and what is wrong with a
// filter. What may be typed is the same in both languages; the names of terms
// and values are in package views.
func filterWords() map[Key]pair {
	return map[Key]pair{
		"filter.prompt":     {"Filter: ", "Saring: "},
		"filter.prompt-day": {"Go to day: ", "Ke tanggal: "},
		"filter.edit":       {"filter", "saring"},
		"filter.edit-help":  {"day, state, amount, courier, text …", "hari, status, jumlah, kurir, teks …"},
		"filter.keep":       {"to the list", "ke daftar"},
		"filter.keep-help":  {"keep the filter and go to the list", "pakai saringan, pindah ke daftar"},
		"filter.off":        {"no filter", "tanpa saringan"},
		"filter.off-help":   {"end the filter: everything again", "akhiri saringan: semuanya lagi"},
		"filter.complete":   {"complete", "lengkapi"},
		"filter.complete-help": {
			"complete the word being typed", "lengkapi kata yang sedang diketik",
		},
		"filter.jump":        {"go to day", "ke tanggal"},
		"filter.jump-help":   {"go to a day; what is older follows", "ke suatu tanggal; yang lebih lama menyusul"},
		"filter.newer-day":   {"a day on", "sehari maju"},
		"filter.older-day":   {"a day back", "sehari mundur"},
		"filter.newest":      {"newest", "terbaru"},
		"filter.newest-help": {"back to the newest", "kembali ke yang terbaru"},

		"filter.of.days":   {"days", "hari"},
		"filter.of.states": {"states", "status"},
		"filter.of.kinds":  {"kinds", "jenis"},
		"filter.of.money":  {"rupiah", "rupiah"},
		"filter.of.names":  {"who, where", "siapa, di mana"},
		"filter.of.text":   {"text", "teks"},
		"filter.ex.days":   {"today  yesterday  7d  2026-11-20  2026-11-01..2026-11-15", "hari-ini  kemarin  7hari  2026-11-20  2026-11-01..2026-11-15"},
		"filter.ex.states": {"paid  declined  cancelled  refunded  not-sure-yet  open", "lunas  ditolak  dibatalkan  dikembalikan  belum-pasti  terbuka"},
		"filter.ex.kinds":  {"cdm  cpm  mpm", "cdm  cpm  mpm"},
		"filter.ex.money":  {">10000  <=50rb  10000..20000  =12500", ">10000  <=50rb  10000..20000  =12500"},
		"filter.ex.names":  {"courier:siti  machine:Kun520  provider:finnet  ref:Q2611", "kurir:siti  mesin:Kun520  penyedia:finnet  ref:Q2611"},
		"filter.ex.text":   {"BCA 8231   \"siti rahma\"   ~sity for similar names", "BCA 8231   \"siti rahma\"   ~sity untuk nama yang mirip"},

		"filter.all":       {"{n} in the journal", "{n} di jurnal"},
		"filter.from-day":  {"from {day} back", "dari {day} mundur"},
		"filter.found":     {"{n} found", "{n} ditemukan"},
		"filter.sum":       {"sum {sum}", "jumlah {sum}"},
		"filter.came":      {"{sum} came in", "{sum} masuk"},
		"filter.came-all":  {"all of it came in", "semuanya masuk"},
		"filter.came-none": {"none of it came in", "tidak ada yang masuk"},
		"filter.searching": {"back to {day}, {share} % …", "mundur sampai {day}, {share} % …"},
		"filter.done":      {"searched all", "semua dicari"},
		"filter.none":      {"Nothing fits. Take a word away, or Esc for everything.", "Tidak ada yang cocok. Kurangi katanya, atau Esc untuk semuanya."},
		"filter.similar":   {"Nothing has “{text}”; similar names:", "Tidak ada yang memuat “{text}”; nama yang mirip:"},
		"filter.could-be":  {"Tab: {words}", "Tab: {words}"},

		"filter.bad-name":     {"There is no filter “{word}:”. There are: {names}. In \"quotes\" it is text.", "Tidak ada saringan “{word}:”. Yang ada: {names}. Dalam \"tanda kutip\" artinya teks."},
		"filter.meant":        {"Did you mean {word}?", "Maksudnya {word}?"},
		"filter.bad-day":      {"“{word}” is no day. Write 2026-11-20, 2026-11, today, yesterday, 7d or 2026-11-01..2026-11-15.", "“{word}” bukan tanggal. Tulis 2026-11-20, 2026-11, hari-ini, kemarin, 7hari, atau 2026-11-01..2026-11-15."},
		"filter.bad-span":     {"“{word}” ends before it begins: write the earlier day first.", "“{word}” berakhir sebelum mulai: tulis hari yang lebih dulu di depan."},
		"filter.no-day":       {"No day is in all of those: leave one of them out, or write a range such as 2026-11-01..2026-11-15.", "Tidak ada hari yang masuk semuanya: hapus salah satu, atau tulis rentang seperti 2026-11-01..2026-11-15."},
		"filter.bad-state":    {"There is no state “{word}”. There are: {names}.", "Tidak ada status “{word}”. Yang ada: {names}."},
		"filter.bad-kind":     {"There is no kind “{word}”. There are: cdm (user ids and deposits), cpm (payments), mpm (payments made elsewhere).", "Tidak ada jenis “{word}”. Yang ada: cdm (user ID dan setoran), cpm (pembayaran), mpm (pembayaran di tempat lain)."},
		"filter.bad-amount":   {"“{word}” is no amount. Write digits, such as >10000, <=50rb, 10000..20000 or =12500.", "“{word}” bukan jumlah. Tulis angka, seperti >10000, <=50rb, 10000..20000, atau =12500."},
		"filter.two-readings": {"“{word}” can be read in two ways. If you mean {bare} rupiah, write {bare}.", "“{word}” bisa dibaca dua cara. Jika maksudnya {bare} rupiah, tulis {bare}."},
		"filter.no-amount":    {"No amount is in all of those: leave one of them out.", "Tidak ada jumlah yang masuk semuanya: hapus salah satu."},
		"filter.no-nothing":   {"An amount is more than nothing: write =1 or more.", "Jumlah harus lebih dari nol: tulis =1 atau lebih."},
		"filter.twice":        {"“{name}:” stands there twice: keep one of them.", "“{name}:” ada dua kali: sisakan satu."},
		"filter.empty":        {"“{name}:” needs something behind it, such as {example}.", "“{name}:” perlu isi, misalnya {example}."},
		"filter.quote":        {"A \" is missing at the end.", "Kurang tanda \" di akhir."},
	}
}
