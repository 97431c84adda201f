package words

// payWords are a payment before anything is sent: the amount, the customer's
// code and the last look.
func payWords() map[Key]pair {
	return map[Key]pair{
		"pay.how-much":       {"How much does the customer pay?", "Berapa yang dibayar pelanggan?"},
		"pay.title":          {"For", "Untuk"},
		"pay.title-hint":     {"may stay empty", "boleh kosong"},
		"pay.title-key":      {"what for", "untuk apa"},
		"pay.go-on":          {"to the customer's code", "ke kode pelanggan"},
		"pay.go-on-help":     {"go on; nothing is sent yet", "lanjut; belum ada yang dikirim"},
		"pay.bounds":         {"One payment is {least} to {most}.", "Satu pembayaran {least} sampai {most}."},
		"pay.bounds-most":    {"One payment is {most} at most.", "Satu pembayaran paling banyak {most}."},
		"pay.bounds-least":   {"One payment is {least} at least.", "Satu pembayaran paling sedikit {least}."},
		"pay.bounds-none":    {"Whole rupiah; dots between thousands come by themselves.", "Rupiah bulat; titik ribuan muncul sendiri."},
		"pay.scan":           {"Scan the customer's code now.", "Pindai kode pelanggan sekarang."},
		"pay.scan-hint":      {"The customer opens their app and shows the QR to pay with. A paste works too. Nothing is sent by a scan.", "Pelanggan membuka aplikasinya dan menunjukkan QR untuk membayar. Bisa juga ditempel. Memindai belum mengirim apa pun."},
		"pay.sandbox-hint":   {"SANDBOX: t lists the test customers.", "SANDBOX: t menampilkan pelanggan uji."},
		"pay.generate":       {"make a code", "buat kode"},
		"pay.generate-help":  {"have the provider make a customer's code", "minta penyedia membuat kode pelanggan"},
		"pay.customers":      {"test customers", "pelanggan uji"},
		"pay.customers-help": {"the sandbox's test customers and their codes", "pelanggan uji sandbox dan kodenya"},
		"pay.amount-first":   {"Scanned. First type the amount, then scan again.", "Kode terbaca. Ketik dulu jumlahnya, lalu pindai lagi."},
		"pay.second-refused": {"Scanned something else; it was not taken. {card} stays.", "Yang terpindai bukan kode bayar; tidak dipakai. {card} tetap."},
		"pay.same-code":      {"That is the same code: {card}.", "Itu kode yang sama: {card}."},
		"pay.second":         {"Another code was scanned.", "Kode lain terpindai."},
		"pay.second-body":    {"So far {first} was to be charged. The new code is {second}. Nothing is sent yet.", "Tadinya {first} yang ditagih. Kode baru: {second}. Belum ada yang dikirim."},
		"pay.second-keep":    {"Keep the first", "Tetap yang pertama"},
		"pay.second-use":     {"Use {card}", "Pakai {card}"},
		"pay.review":         {"Look once more", "Periksa sekali lagi"},
		"pay.card":           {"Card", "Kartu"},
		"pay.issuer":         {"Issuer", "Penerbit"},
		"pay.label":          {"The code says", "Tertulis di kode"},
		"pay.nothing-sent":   {"Nothing is sent yet. Enter asks once more, then charges.", "Belum ada yang dikirim. Enter bertanya sekali lagi, lalu menagih."},
		"pay.charge":         {"charge", "tagih"},
		"pay.charge-help":    {"charge the customer, after one more question", "tagih pelanggan, setelah satu pertanyaan lagi"},
		"pay.no-code":        {"there is no code to charge", "tidak ada kode untuk ditagih"},
		"pay.rescan":         {"scan again", "pindai lagi"},
		"pay.rescan-help":    {"forget this code and scan another", "lupakan kode ini dan pindai yang lain"},
		"pay.confirm":        {"Charge {sum}?", "Tagih {sum}?"},
		"pay.confirm-body":   {"{card} is charged once. Whatever the answer, it is not sent again.", "{card} ditagih satu kali. Apa pun jawabannya, tidak dikirim lagi."},
		"pay.not-yet":        {"Not yet", "Belum"},
		"pay.charge-sum":     {"Charge {sum}", "Tagih {sum}"},

		"amount.label":     {"Amount", "Jumlah"},
		"amount.hint":      {"digits only, such as 12500", "angka saja, misalnya 12500"},
		"amount.bad":       {"“{typed}” is no amount. Write digits only, such as 12500 or 12500.50.", "“{typed}” bukan jumlah. Tulis angka saja, misalnya 12500 atau 12500.50."},
		"amount.readings":  {"“{typed}” can be read in two ways. If you mean {meant} rupiah, write {meant}.", "“{typed}” bisa dibaca dua cara. Jika maksudnya {meant} rupiah, tulis {meant}."},
		"amount.needed":    {"Type an amount.", "Ketik jumlahnya."},
		"amount.too-small": {"{least} at least.", "Paling sedikit {least}."},
		"amount.too-large": {"{most} at most.", "Paling banyak {most}."},

		"find.which":        {"Which reference?", "Referensi yang mana?"},
		"find.which-hint":   {"As it stands on a receipt or a slip, with or without spaces. Scanning it works too.", "Seperti tertulis di struk atau slip, dengan atau tanpa spasi. Bisa juga dipindai."},
		"find.hint":         {"such as Q26 1120 1504 12 K7M2 RX4T 9WZB", "misalnya Q26 1120 1504 12 K7M2 RX4T 9WZB"},
		"find.bad":          {"Letters, digits, dots and dashes only.", "Hanya huruf, angka, titik, dan strip."},
		"find.none":         {"This reference is not in this terminal's journal. Check what was typed.", "Referensi ini tidak ada di jurnal terminal ini. Periksa ketikannya."},
		"find.look":         {"look up", "cari"},
		"find.no-reference": {"Scanned, but that is no reference.", "Kode terbaca, tetapi bukan referensi."},
	}
}

// scanWords say why a scanned code is not charged. Keys are "scan." and the
// reason's name in package emv.
func scanWords() map[Key]pair {
	return map[Key]pair{
		"scan.nothing-sent":    {"Nothing was sent. Ask the customer for the QR to pay with, then scan again.", "Tidak ada yang terkirim. Minta QR untuk membayar dari pelanggan, lalu pindai lagi."},
		"scan.empty":           {"Nothing was read.", "Tidak ada yang terbaca."},
		"scan.merchant-code":   {"This is a merchant's code, which customers scan. It cannot be charged.", "Ini kode merchant, yang dipindai pelanggan. Tidak bisa ditagih."},
		"scan.boarding-pass":   {"This is a boarding pass.", "Ini boarding pass."},
		"scan.link":            {"This is a link to a page, no payment code.", "Ini tautan ke halaman, bukan kode bayar."},
		"scan.half-scan":       {"Only part of the code was read.", "Hanya sebagian kode yang terbaca."},
		"scan.too-long":        {"This is too long for a payment code.", "Ini terlalu panjang untuk kode bayar."},
		"scan.unknown":         {"This is no payment code.", "Ini bukan kode bayar."},
		"scan.unknown-version": {"This payment code has a format that is not known here.", "Kode bayar ini memakai format yang belum dikenal."},
		"scan.no-application":  {"This payment code holds no way to pay.", "Kode bayar ini tidak berisi cara membayar."},
		"scan.foreign-scheme":  {"This payment code is not one of QRIS.", "Kode bayar ini bukan QRIS."},
		"scan.no-account":      {"This payment code holds no account to charge.", "Kode bayar ini tidak berisi rekening untuk ditagih."},
	}
}

// mintWords are a code that the provider makes for us (service 59), and the
// sandbox's test customers.
func mintWords() map[Key]pair {
	return map[Key]pair{
		"mint.title":           {"Customer's code", "Kode pelanggan"},
		"mint.asking":          {"Asking {provider} for a code", "Meminta kode ke {provider}"},
		"mint.no-money":        {"No money moves by this.", "Tidak ada uang yang berpindah karena ini."},
		"mint.none":            {"There is no code.", "Tidak ada kode."},
		"mint.expired":         {"The code's time is over.", "Waktu kode ini habis."},
		"mint.again":           {"n asks for another one.", "n meminta yang baru."},
		"mint.expires":         {"Valid for {in} more", "Berlaku {in} lagi"},
		"mint.no-expiry":       {"It is not clear until when it is valid ({text}).", "Tidak jelas berlaku sampai kapan ({text})."},
		"mint.show":            {"Shown here only: it is kept nowhere and cannot be copied.", "Hanya tampil di sini: tidak disimpan di mana pun dan tidak bisa disalin."},
		"mint.use":             {"charge this code", "tagih kode ini"},
		"mint.use-help":        {"go on to the review with this code", "lanjut memeriksa dengan kode ini"},
		"mint.new":             {"another code", "kode lain"},
		"mint.new-help":        {"ask for another code", "minta kode lain"},
		"mint.too-large":       {"The code needs {need}, there is room for {have} here (columns x rows). f shows it alone.", "Kode perlu {need}, di sini ada {have} (kolom x baris). f menampilkannya sendiri."},
		"mint.too-large-alone": {"To show it as a QR, the window needs {need} and has {have} (columns x rows).", "Untuk menampilkannya sebagai QR, jendela perlu {need}, sekarang {have} (kolom x baris)."},

		"customers.title":        {"Test customers", "Pelanggan uji"},
		"customers.hint":         {"Each pays in a way of their own. Enter shows the code, u charges it.", "Masing-masing membayar dengan caranya. Enter menampilkan kode, u menagihnya."},
		"customers.none":         {"This sandbox has no test customers.", "Sandbox ini tidak punya pelanggan uji."},
		"customers.show":         {"show code", "tampilkan kode"},
		"customers.use":          {"use", "pakai"},
		"customers.use-help":     {"use this customer's code for a payment", "pakai kode pelanggan ini untuk pembayaran"},
		"customers.scan":         {"Scan it with your scanner, or press u to use it as if scanned.", "Pindai dengan pemindai, atau tekan u untuk memakainya seolah dipindai."},
		"customers.approve":      {"approves", "setuju"},
		"customers.approve-help": {"the customer approves, where they are asked", "pelanggan menyetujui, jika ditanya"},
		"customers.decline":      {"declines", "menolak"},
		"customers.decline-help": {"the customer declines, where they are asked", "pelanggan menolak, jika ditanya"},
		"customers.approved":     {"{id} has approved.", "{id} sudah menyetujui."},
		"customers.declined":     {"{id} has declined.", "{id} sudah menolak."},
	}
}
