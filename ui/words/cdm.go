package words

// cdmWords are the user id's wizard: the form, the last look before anything is
// sent, and what its fields are called.
func cdmWords() map[Key]pair {
	return map[Key]pair{
		"cdm.who":            {"Who deposits?", "Siapa yang menyetor?"},
		"cdm.who-hint":       {"{provider} ties the user ID to this courier. Kept for next time.", "{provider} mengaitkan user ID dengan kurir ini. Isian diingat."},
		"cdm.go-on":          {"go on", "lanjut"},
		"cdm.go-on-help":     {"look once more before anything is sent", "periksa sekali lagi sebelum dikirim"},
		"cdm.more":           {"more fields", "isian lain"},
		"cdm.fewer":          {"fewer fields", "isian pokok"},
		"cdm.more-help":      {"show or fold what is seldom needed", "tampilkan atau lipat isian lain"},
		"cdm.folded":         {"Seldom needed: notify address, channel code (Ctrl+O).", "Jarang dipakai: alamat notifikasi, kode kanal (Ctrl+O)."},
		"cdm.confirm":        {"Ask for a user ID for this courier?", "Minta user ID untuk kurir ini?"},
		"cdm.nothing-sent":   {"Nothing is sent yet. {provider} makes a user ID; no money moves by this.", "Belum ada yang dikirim. {provider} membuat user ID; tidak ada uang yang berpindah."},
		"cdm.not-yet":        {"Not yet", "Belum"},
		"cdm.ask":            {"Ask {provider}", "Minta ke {provider}"},
		"cdm.refused":        {"{provider} made no user ID.", "{provider} tidak membuat user ID."},
		"cdm.needed":         {"{provider} needs this.", "Dibutuhkan {provider}."},
		"cdm.too-long":       {"{have} characters; {max} at most.", "{have} karakter; paling banyak {max}."},
		"cdm.bad-characters": {"There is a character here that cannot be sent.", "Ada karakter yang tidak bisa dikirim."},
		"cdm.bad-mobile":     {"8 to 15 digits, such as 081234567890.", "8 sampai 15 angka, misalnya 081234567890."},
		"cdm.bad-address":    {"An address, such as https://example.com/cdm.", "Sebuah alamat, misalnya https://example.com/cdm."},

		"courier.courierNo":          {"Courier no.", "No. kurir"},
		"courier.courierName":        {"Courier name", "Nama kurir"},
		"courier.courierMobile":      {"Mobile no.", "No. HP"},
		"courier.courierMobile-hint": {"such as 081234567890", "misalnya 081234567890"},
		"courier.regionNo":           {"Region no.", "No. wilayah"},
		"courier.branchNo":           {"Branch no.", "No. cabang"},
		"courier.notifyUrl":          {"Notify address", "Alamat notifikasi"},
		"courier.notifyUrl-hint":     {"leave empty if you do not know it", "kosongkan jika tidak tahu"},
		"courier.channelCode":        {"Channel code", "Kode kanal"},
		"courier.channelCode-hint":   {"leave empty for ATM_STATIC_QR", "kosongkan untuk ATM_STATIC_QR"},
	}
}

// sendingWords go with a user id that is being asked for, and say how it ended.
func sendingWords() map[Key]pair {
	return map[Key]pair{
		"sending.asking":     {"Asking {provider} for a user ID", "Meminta user ID ke {provider}"},
		"sending.courier":    {"{name} · courier {no} · branch {branch}", "{name} · kurir {no} · cabang {branch}"},
		"sending.recording":  {"Recording the request before it is sent", "Mencatat permintaan sebelum dikirim"},
		"sending.attempt":    {"Attempt {n} of {all}, waiting for the answer", "Percobaan {n} dari {all}, menunggu jawaban"},
		"sending.safe":       {"No money moves. Every attempt carries the same reference, so only one user ID is made.", "Tidak ada uang yang berpindah. Semua percobaan memakai referensi yang sama, jadi hanya satu user ID yang dibuat."},
		"sending.leave":      {"leave, it goes on", "tinggalkan, tetap jalan"},
		"sending.leave-help": {"leave; the request goes on by itself", "tinggalkan; permintaan tetap jalan"},
		"sending.goes-on":    {"The request goes on. History shows how it ends.", "Permintaan tetap jalan. Hasilnya ada di riwayat."},
		"sending.again":      {"ask again", "minta lagi"},
		"sending.again-help": {"ask again with the same reference", "minta lagi dengan referensi yang sama"},
		"sending.anew":       {"try again", "coba lagi"},
		"sending.anew-help":  {"try again with a new reference", "coba lagi dengan referensi baru"},
		"sending.edit":       {"change details", "ubah isian"},
		"sending.edit-help":  {"go back to the courier's details", "kembali ke isian kurir"},
		"sending.unsure":     {"Not sure yet whether the user ID was made.", "Belum pasti apakah user ID sudah dibuat."},
		"sending.unsure-do": {
			"No money moves here. Press r to ask again: the same reference goes out, so at most one user ID is made. You can also do this later from the history.",
			"Tidak ada uang yang berpindah. Tekan r untuk meminta lagi: referensinya sama, jadi paling banyak satu user ID yang dibuat. Bisa juga nanti dari riwayat.",
		},
		"sending.inactive": {"{provider} made the user ID but does not let it work.", "{provider} membuat user ID tetapi belum mengaktifkannya."},
		"sending.unrecorded": {
			"Made at {provider}, but NOT recorded here.",
			"Dibuat di {provider}, tetapi TIDAK tercatat di sini.",
		},
		"sending.unrecorded-do": {
			"The journal could not take it: {problem}. No money moved. Write down {reference}, solve the problem, then press r: the same reference brings the same user ID.",
			"Jurnal tidak bisa mencatatnya: {problem}. Tidak ada uang yang berpindah. Catat {reference}, atasi masalahnya, lalu tekan r: referensi yang sama memberi user ID yang sama.",
		},
		"sending.half-recorded": {
			"A request went out and the journal could not record its end: {problem}. No money moves. Write down {reference}, solve the problem, then press r: the same reference makes at most one user ID.",
			"Permintaan sudah terkirim dan jurnal tidak bisa mencatat hasilnya: {problem}. Tidak ada uang yang berpindah. Catat {reference}, atasi masalahnya, lalu tekan r: referensi yang sama membuat paling banyak satu user ID.",
		},
	}
}
