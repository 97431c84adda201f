package words

// services are the operations of BI SNAP that this program speaks, by service
// code. Sources: seeds 000 (91), 001 (90), 002 and 004 (51; 47 and 53 are the
// codes seen in their requests and answers), 003 (59 to 62, 79, 80), and the
// ASPI portal for the tokens (73, 74).
var services = map[string]pair{
	"47": {"QRIS MPM: merchant code (as Finnet's query names it)", "QRIS MPM: kode merchant (sesuai pertanyaan Finnet)"},
	"51": {"QRIS MPM: payment query", "QRIS MPM: cek pembayaran"},
	"53": {"QRIS MPM: payment query (as Finnet's answer names it)", "QRIS MPM: cek pembayaran (sesuai jawaban Finnet)"},
	"59": {"QRIS CPM: customer code", "QRIS CPM: kode pelanggan"},
	"60": {"QRIS CPM: payment", "QRIS CPM: pembayaran"},
	"61": {"QRIS CPM: payment query", "QRIS CPM: cek pembayaran"},
	"62": {"QRIS CPM: cancel", "QRIS CPM: pembatalan"},
	"73": {"Access token (B2B)", "Token akses (B2B)"},
	"74": {"Customer access token (B2B2C)", "Token akses pelanggan (B2B2C)"},
	"79": {"QRIS CPM: payment notification", "QRIS CPM: notifikasi pembayaran"},
	"80": {"QRIS CPM: refund", "QRIS CPM: pengembalian"},
	"90": {"CDM: user ID", "CDM: user ID"},
	"91": {"CDM: deposits query", "CDM: cek setoran"},
}

// Service names the operation of a two-digit service code.
func (c *Catalogue) Service(code string) (string, bool) {
	p, ok := services[code]
	return p.in(c.lang), ok
}

// explainWords are what `cashier explain` says about a response code beside
// the advice itself, above all when the code is malformed. A response code is
// HTTP status (3 digits) + service (2) + case (2), seed 003, "Response status".
func explainWords() map[Key]pair {
	return map[Key]pair{
		"explain.length": {
			"{code} has {have} characters; a response code has 7: the HTTP status (3), the service (2) and the case (2). It says nothing about money. Copy it again from the answer, for example 2009000.",
			"{code} berisi {have} karakter; kode respons berisi 7: status HTTP (3), layanan (2), dan kasus (2). Kode ini tidak mengatakan apa pun tentang uang. Salin lagi dari jawabannya, misalnya 2009000.",
		},
		"explain.digits": {
			"{code} is not made of digits alone, as a response code is. It says nothing about money. Copy it again from the answer, for example 2009000.",
			"{code} tidak terdiri dari angka saja, padahal kode respons harus angka. Kode ini tidak mengatakan apa pun tentang uang. Salin lagi dari jawabannya, misalnya 2009000.",
		},
		"explain.unknown-case": {
			"{http} with case {case} is not in the provider's documents. It is treated as unclear: nothing counts as paid or as failed because of it. Check the transaction, and ask the provider what the code means.",
			"{http} dengan kasus {case} tidak ada di dokumen penyedia. Kode ini dianggap belum jelas: tidak ada yang dianggap lunas atau gagal karenanya. Cek transaksinya, dan tanyakan arti kode itu ke penyedia.",
		},
		"explain.unknown-service": {
			"Service {service} is not one that this program uses. The code may belong to another system, so it says nothing about money here. Check where it comes from.",
			"Layanan {service} tidak dipakai program ini. Kodenya mungkin milik sistem lain, jadi tidak mengatakan apa pun tentang uang di sini. Periksa dari mana asalnya.",
		},
		"explain.success": {
			"{code} is a success code: the request was accepted and processed.",
			"{code} adalah kode sukses: permintaan diterima dan diproses.",
		},
		"explain.progress": {
			"{code} says that the request was accepted and is still being processed: neither success nor failure yet.",
			"{code} berarti permintaan diterima dan masih diproses: belum sukses, belum gagal.",
		},
		"explain.parts": {
			"HTTP status {http}, service {service} ({name}), case {case}",
			"Status HTTP {http}, layanan {service} ({name}), kasus {case}",
		},
		"explain.means": {"What it means", "Artinya"},
		"explain.money": {"The money", "Uangnya"},
		"explain.do":    {"What to do", "Yang harus dilakukan"},
	}
}
