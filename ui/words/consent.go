package words

// consentWords say why there is no token of a customer (api.ConsentError), by
// its Lack, and what helps.
func consentWords() map[Key]pair {
	return map[Key]pair{
		"consent.none": {
			"The profile has no consent of the customer for {provider}, so it may not be asked in the customer's name.",
			"Profil ini tidak punya persetujuan pelanggan untuk {provider}, jadi tidak boleh ditanya atas nama pelanggan.",
		},
		"consent.code": {
			"{provider} does not take the authorization code: it was used already, or its time is up.",
			"{provider} tidak menerima kode otorisasinya: sudah terpakai, atau waktunya habis.",
		},
		"consent.refresh-token": {
			"The refresh token for {provider} is spent: the customer's consent has ended and cannot be renewed from here.",
			"Refresh token untuk {provider} sudah tidak berlaku: persetujuan pelanggan berakhir dan tidak bisa diperpanjang dari sini.",
		},
		"consent.ended": {"Its time was up {time}.", "Waktunya habis {time}."},
		"consent.do": {
			"Let the customer consent again in the provider's app or page, put the new authorization code where the config's consent.authCode points to, and ask once more; the old code does not work again.",
			"Minta pelanggan memberi persetujuan lagi di aplikasi atau halaman penyedia, taruh kode otorisasi baru di tempat yang ditunjuk consent.authCode di konfigurasi, lalu tanya sekali lagi; kode lama tidak berlaku lagi.",
		},
	}
}
