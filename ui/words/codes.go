package words

// codesWords are the screen of the response codes, beside explainWords.
func codesWords() map[Key]pair {
	return map[Key]pair{
		"codes.field":         {"Code or words", "Kode atau kata"},
		"codes.hint":          {"7 digits such as 4046001, or words such as amount limit", "7 angka seperti 4046001, atau kata seperti batas"},
		"codes.whole":         {"everything", "lengkap"},
		"codes.whole-help":    {"all that is known of this code", "semua yang diketahui tentang kode ini"},
		"codes.next-op":       {"next operation", "operasi berikut"},
		"codes.next-op-help":  {"the next provider and operation", "penyedia dan operasi berikutnya"},
		"codes.prev-op-help":  {"the provider and operation before", "penyedia dan operasi sebelumnya"},
		"codes.no-op":         {"no operation of ours", "bukan operasi kita"},
		"codes.none":          {"Nothing has “{text}” in it. Use fewer words, or Tab for another operation.", "Tidak ada yang memuat “{text}”. Kurangi katanya, atau Tab untuk operasi lain."},
		"codes.no-http":       {"A response code begins with an HTTP status from 100 to 599, and {http} is none: this is not a SNAP code. It says nothing about money. Copy it again from the answer.", "Kode respons diawali status HTTP 100 sampai 599, dan {http} bukan itu: ini bukan kode SNAP. Tidak mengatakan apa pun tentang uang. Salin lagi dari jawabannya."},
		"codes.more":          {"Enter shows everything", "Enter menampilkan semuanya"},
		"codes.after-unclear": {"After an attempt without a clear answer", "Setelah percobaan tanpa jawaban yang jelas"},
		"codes.document":      {"The document says", "Menurut dokumen"},

		"codes.family.1": {"1xx is not a final answer.", "1xx bukan jawaban akhir."},
		"codes.family.2": {"2xx looks like a success, but which one is not known: it is not taken for one.", "2xx mirip sukses, tetapi tidak jelas yang mana: tidak dianggap sukses."},
		"codes.family.3": {"3xx points elsewhere: the address may be wrong.", "3xx menunjuk ke tempat lain: alamatnya mungkin salah."},
		"codes.family.4": {"4xx usually means that the request was refused.", "4xx biasanya berarti permintaan ditolak."},
		"codes.family.5": {"5xx usually means trouble on the provider's side; the request may have been carried out.", "5xx biasanya berarti gangguan di pihak penyedia; permintaannya mungkin sudah dijalankan."},

		"home.codes":      {"Response codes", "Kode respons"},
		"home.codes-hint": {"what a code means, what to do", "arti kode dan tindakannya"},
		"home.lab":        {"Sign lab", "Lab signature"},
		"home.lab-hint":   {"why a signature is refused", "mengapa signature ditolak"},

		"keys.lookup-whom":  {"Look up: whom to ask", "Cari: tanya siapa"},
		"keys.lookup":       {"Look up: the answer", "Cari: jawabannya"},
		"keys.lookup-page":  {"The page of a payment that was looked up", "Halaman pembayaran yang dicari"},
		"keys.board":        {"Open now: the board", "Masih terbuka: papan"},
		"keys.code-page":    {"Response codes: one code", "Kode respons: satu kode"},
		"keys.lab-result":   {"Sign lab: the signature", "Lab signature: hasilnya"},
		"keys.lookup-form":  {"Look up: with providers", "Cari: dengan penyedia"},
		"keys.codes-search": {"Response codes", "Kode respons"},
	}
}
