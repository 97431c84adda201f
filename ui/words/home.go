package words

// homeWords are the first screen's.
func homeWords() map[Key]pair {
	return map[Key]pair{
		"home.cdm":           {"CDM user ID", "User ID CDM"},
		"home.cdm-hint":      {"code for the deposit machine", "kode untuk mesin setor tunai"},
		"home.history":       {"History", "Riwayat"},
		"home.machine":       {"Sandbox machine", "Mesin sandbox"},
		"home.machine-hint":  {"test money and faults", "uang uji dan gangguan"},
		"home.open":          {"Open now", "Masih terbuka"},
		"home.open-none":     {"nothing is open", "tidak ada yang terbuka"},
		"home.open-some":     {"{n} not settled yet", "{n} belum pasti"},
		"home.count":         {"{n} in the journal", "{n} di jurnal"},
		"home.today":         {"Today", "Hari ini"},
		"home.today-figures": {"user IDs {ids} · deposits {deposits} · {sum}", "user ID {ids} · setoran {deposits} · {sum}"},
		"home.latest":        {"Latest", "Terbaru"},
		"home.nothing-yet":   {"Nothing here yet. Press 1 to get a user ID.", "Belum ada apa-apa. Tekan 1 untuk meminta user ID."},

		// Titles of the tables of keys.
		"keys.home":    {"Home", "Awal"},
		"keys.wizard":  {"CDM user ID: who deposits", "User ID CDM: siapa yang menyetor"},
		"keys.sending": {"CDM user ID: being asked for", "User ID CDM: sedang diminta"},
		"keys.unsure":  {"CDM user ID: not sure yet", "User ID CDM: belum pasti"},
		"keys.refused": {"CDM user ID: not made", "User ID CDM: tidak dibuat"},
		"keys.code":    {"CDM user ID: the code", "User ID CDM: kodenya"},
		"keys.alone":   {"The code alone", "Kode saja"},
		"keys.deposit": {"Sandbox machine: a deposit", "Mesin sandbox: setoran"},
	}
}
