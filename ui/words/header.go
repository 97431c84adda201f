package words

// headerWords are the right side of the header: who works here, and where.
func headerWords() map[Key]pair {
	return map[Key]pair{
		"header.courier": {"Courier {no}", "Kurir {no}"},
		"header.branch":  {"branch {no}", "cabang {no}"},
	}
}
