package words

// reportWords are the totals of a day as a chart.
func reportWords() map[Key]pair {
	return map[Key]pair{
		"home.report":      {"Report", "Laporan"},
		"home.report-hint": {"the day as bars and totals", "hari ini: grafik dan jumlah"},

		"report.title":         {"Report", "Laporan"},
		"report.payments":      {"Payments", "Pembayaran"},
		"report.deposits":      {"Deposits", "Setoran"},
		"report.refunds":       {"Refunds", "Pengembalian"},
		"report.hour":          {"by hour", "per jam"},
		"report.machine":       {"by machine", "per mesin"},
		"report.courier":       {"by courier", "per kurir"},
		"report.day":           {"by day", "per hari"},
		"report.today":         {"today", "hari ini"},
		"report.span":          {"{from} to {to}", "{from} sampai {to}"},
		"report.adding":        {"Adding up, {n} transactions so far …", "Menjumlahkan, sudah {n} transaksi …"},
		"report.nothing":       {"Nothing was paid or deposited.", "Tidak ada pembayaran atau setoran."},
		"report.no-deposits":   {"Nothing was deposited. Payments belong to no machine and no courier.", "Tidak ada setoran. Pembayaran tidak punya mesin atau kurir."},
		"report.others":        {"Other currencies, not in the sums: {list}", "Mata uang lain, tidak ikut dijumlahkan: {list}"},
		"report.past":          {"{n} are too large to be added and are not in the sums.", "{n} terlalu besar untuk dijumlahkan dan tidak ikut dalam jumlah."},
		"report.earlier":       {"earlier", "sebelumnya"},
		"report.earlier-help":  {"the day before; by day: the month before", "hari sebelumnya; per hari: bulan sebelumnya"},
		"report.later":         {"later", "sesudahnya"},
		"report.later-help":    {"the day after; by day: the month after", "hari sesudahnya; per hari: bulan sesudahnya"},
		"report.last":          {"this is the last one", "ini yang terakhir"},
		"report.by":            {"group", "kelompok"},
		"report.by-help":       {"by hour, machine, courier, or the month by day", "per jam, mesin, kurir, atau sebulan per hari"},
		"report.to-today":      {"today", "hari ini"},
		"report.to-today-help": {"back to today", "kembali ke hari ini"},
		"report.again":         {"add up again", "hitung ulang"},
	}
}
