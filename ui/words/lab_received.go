package words

// labReceived are the sign lab's words for a request that was received.
func labReceived() map[Key]pair {
	return map[Key]pair{
		"lab.received":        {"received", "yang diterima"},
		"lab.received-help":   {"judge a request that was received", "periksa permintaan yang diterima"},
		"lab.own":             {"our own", "milik kita"},
		"lab.own-help":        {"sign a request of our own", "tanda tangani permintaan kita sendiri"},
		"lab.verify":          {"verify", "periksa"},
		"lab.verify-help":     {"check the signature; nothing is sent", "periksa signature; tidak ada yang dikirim"},
		"lab.received-head":   {"A request that came. Paste it whole, headers and all, or fill it in.", "Permintaan yang masuk. Tempel utuh beserta header-nya, atau isi di bawah."},
		"lab.field.signature": {"X-SIGNATURE", "X-SIGNATURE"},
		"lab.field.public":    {"Public key file", "Berkas kunci publik"},
		"lab.signature-hint":  {"as it came, base64 or hex", "seperti diterima, base64 atau hex"},
		"lab.request-taken":   {"Taken: {n} headers, {bytes} bytes of body. A token in it stays hidden.", "Diambil: {n} header, {bytes} byte body. Token di dalamnya tetap rahasia."},
		"lab.cannot-verify":   {"It cannot be checked: {why}", "Tidak bisa diperiksa: {why}"},
		"lab.valid":           {"valid", "sah"},
		"lab.valid.raw":       {"valid: signed over the body as it came", "sah: ditandatangani atas body seperti diterima"},
		"lab.valid.minified":  {"valid: signed over the minified body", "sah: ditandatangani atas body yang diringkas"},
		"lab.as-came":         {"came", "diterima"},
		"lab.as-signed":       {"signed", "dipakai"},
		"lab.invalid":         {"not valid:", "tidak sah:"},
	}
}
