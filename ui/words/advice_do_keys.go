package words

// tokenRefused is for token requests, which have no reference to quote.
var tokenRefused = pair{
	"Check the config with \"cashier doctor\", then {again}; if it stays, contact {provider} and read this message to them.",
	"Periksa konfigurasi dengan \"cashier doctor\", lalu {again}; jika tetap begitu, hubungi {provider} dan bacakan pesan ini.",
}

// doForCause are an operation's own words for a cause; anyCause stands for all
// the others.
var doForCause = map[opCause]pair{
	{opOther, anyCause}: {
		"Ask the provider before anything is repeated.",
		"Tanyakan ke penyedia sebelum mengulang apa pun.",
	},

	{opToken, causeToken}: {
		"Check the client key, and for a customer token the authorization code or refresh token, then {again}.",
		"Periksa client key, dan untuk token pelanggan periksa kode otorisasi atau refresh token, lalu {again}.",
	},
	{opToken, causeConsent}: {
		"Check the authorization code or refresh token; the customer's consent may have to be given anew, then {again}.",
		"Periksa kode otorisasi atau refresh token; persetujuan pelanggan mungkin harus diberikan ulang, lalu {again}.",
	},

	{opToken, causeRequest}:  tokenRefused,
	{opToken, causeContract}: tokenRefused,
	{opToken, causeCustomer}: tokenRefused,
	{opToken, causeState}:    tokenRefused,
	{opToken, causeRepeat}:   tokenRefused,
	{opToken, causeServer}: {
		"Wait a moment, then {again}; if it stays, contact {provider}.",
		"Tunggu sebentar, lalu {again}; jika tetap begitu, hubungi {provider}.",
	},

	{opCode, causeOK}: {
		"Show the code until it expires.",
		"Tampilkan kodenya sampai masa berlakunya habis.",
	},
	{opCode, causeCustomer}: {
		"Ask the customer to use another account or to ask their bank, then {again}.",
		"Minta pelanggan memakai rekening lain atau bertanya ke banknya, lalu {again}.",
	},

	{opPay, causeConsent}: {
		"Let the customer pay another way; before the next payment renew the customer token in the profile, run \"cashier doctor\" and start cashier again.",
		"Minta pelanggan membayar dengan cara lain; sebelum pembayaran berikutnya perbarui token pelanggan di profil, jalankan \"cashier doctor\" dan buka cashier lagi.",
	},
	{opPay, causeContract}: {
		"Let the customer pay another way, and contact {provider} and quote the reference.",
		"Minta pelanggan membayar dengan cara lain, lalu hubungi {provider} dan sebutkan referensinya.",
	},

	{opAsk, causeOK}: {
		"Go by the status that is shown.",
		"Ikuti status yang ditampilkan.",
	},

	{opRefund, causeCustomer}: {
		"Contact {provider}, quote the reference and ask how the money can go back; give no cash before that.",
		"Hubungi {provider}, sebutkan referensinya, dan tanyakan cara mengembalikan uangnya; jangan beri tunai sebelum itu.",
	},

	{opNotify, anyCause}: {
		"Check the payment now; the provider may also send the notification again.",
		"Cek pembayarannya sekarang; penyedia juga bisa mengirim notifikasi lagi.",
	},
	{opNotify, causeOK}: {
		"Nothing to do: we ask the provider by ourselves and show what it says.",
		"Tidak ada yang perlu dilakukan: kami bertanya ke penyedia otomatis dan menampilkan jawabannya.",
	},
	{opNotify, causeRequest}: {
		"Check the payment now, and give {provider} the time of this notification so that they can correct it.",
		"Cek pembayarannya sekarang, dan sampaikan waktu notifikasi ini ke {provider} supaya mereka memperbaikinya.",
	},
	{opNotify, causeField}: {
		"Check the payment now, and tell {provider} which field the answer names.",
		"Cek pembayarannya sekarang, dan sampaikan ke {provider} isian mana yang disebut di jawaban.",
	},
	{opNotify, causeAuth}: {
		"Check the payment now; compare {provider}'s public key and this computer's clock with \"cashier doctor\".",
		"Cek pembayarannya sekarang; cocokkan kunci publik {provider} dan jam komputer ini dengan \"cashier doctor\".",
	},
	{opNotify, causeToken}: {
		"Check the payment now; the provider has to fetch a new token from us and send the notification again.",
		"Cek pembayarannya sekarang; penyedia harus meminta token baru dari kami dan mengirim notifikasi lagi.",
	},
	{opNotify, causeRepeat}: {
		"Nothing to do: the first notification is kept, and a query decides.",
		"Tidak ada yang perlu dilakukan: notifikasi pertama sudah disimpan, dan pengecekan yang menentukan.",
	},
}

// doWhenUnclear are the keys whose own words hold although nothing is proven.
var doWhenUnclear = map[opKey]bool{
	{opPay, "403-13"}:     true,
	{opPay, "404-06"}:     true,
	{opRefund, "404-04"}:  true,
	{opDeposits, Timeout}: true,
}

// doForKey are an operation's own words for one key.
var doForKey = map[opKey]pair{
	// PayCools 90: the "Partner Action" column of seed 001.
	{opUserID, "400-00"}: {
		"Check the courier's details and the config, then create the user ID again; if it stays, contact PayCools.",
		"Periksa data kurir dan konfigurasi, lalu buat user ID lagi; jika tetap begitu, hubungi PayCools.",
	},
	// The document says "adjust the order amount"; there is none here.
	{opUserID, "403-02"}: {
		"There is no amount to change: contact PayCools, ask which limit they mean, then create the user ID again.",
		"Tidak ada jumlah yang bisa diubah: hubungi PayCools, tanyakan batas mana yang dimaksud, lalu buat user ID lagi.",
	},
	{opUserID, "403-05"}: {
		"Correct the courier's details and create the user ID again, or contact PayCools to check the user or account status.",
		"Perbaiki data kurir dan buat user ID lagi, atau hubungi PayCools untuk memeriksa status pengguna atau rekening.",
	},
	{opUserID, "403-15"}: {
		"Create the user ID again from time to time, or consult PayCools.",
		"Buat user ID lagi secara berkala, atau konsultasikan dengan PayCools.",
	},
	{opUserID, "404-08"}: {
		"Check the merchant ID in the config, then create the user ID again; if it stays, contact PayCools.",
		"Periksa ID merchant di konfigurasi, lalu buat user ID lagi; jika tetap begitu, hubungi PayCools.",
	},
	{opUserID, "404-18"}: {
		"Create the user ID again with a new reference, or with exactly the details of the first time.",
		"Buat user ID lagi dengan referensi baru, atau dengan data yang sama persis seperti pertama kali.",
	},
	{opUserID, "429-00"}: {
		"Wait a few minutes, check the details, then create the user ID again.",
		"Tunggu beberapa menit, periksa datanya, lalu buat user ID lagi.",
	},
	{opUserID, "500-00"}: {
		"Create the user ID again from time to time; if it stays, contact PayCools and quote the reference.",
		"Buat user ID lagi secara berkala; jika tetap begitu, hubungi PayCools dan sebutkan referensinya.",
	},
	{opUserID, "500-01"}: {
		"Create the user ID again from time to time; if it stays, contact PayCools and quote the reference.",
		"Buat user ID lagi secara berkala; jika tetap begitu, hubungi PayCools dan sebutkan referensinya.",
	},

	// PayCools 91: the "Partner Action" column of seed 000, "retry request with
	// proper parameter" for each code.
	{opDeposits, "400-00"}: {
		"Check the reference and the period, then check the deposits again.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi.",
	},
	{opDeposits, "429-00"}: {
		"Wait a few minutes, check the reference and the period, then check the deposits again.",
		"Tunggu beberapa menit, periksa referensi dan rentang waktunya, lalu cek setoran lagi.",
	},
	{opDeposits, "500-00"}: {
		"Check the reference and the period, then check the deposits again; if it stays, contact PayCools and quote the reference.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi; jika tetap begitu, hubungi PayCools dan sebutkan referensinya.",
	},
	{opDeposits, "500-01"}: {
		"Check the reference and the period, then check the deposits again; if it stays, contact PayCools and quote the reference.",
		"Periksa referensi dan rentang waktunya, lalu cek setoran lagi; jika tetap begitu, hubungi PayCools dan sebutkan referensinya.",
	},
	{opDeposits, Timeout}: {
		"We try at most 3 times and then stop. Nothing is lost: check the deposits again later.",
		"Kami mencoba paling banyak 3 kali lalu berhenti. Tidak ada yang hilang: cek setoran lagi nanti.",
	},

	{opAsk, "404-01"}: {
		"Check the reference, the provider and the profile, then check again.",
		"Periksa referensi, penyedia, dan profilnya, lalu cek lagi.",
	},
	{opAsk, "404-13"}: {
		"Compare the amount with the receipt, then check again.",
		"Cocokkan jumlahnya dengan struk, lalu cek lagi.",
	},

	{opNotify, "404-01"}: {
		"Check that the profile is right; if the payment was made here, quote its reference to the help desk.",
		"Periksa apakah profilnya benar; jika pembayaran itu dilakukan di sini, sebutkan referensinya ke help desk.",
	},

	{opRefund, "403-02"}: {
		"Compare the amount with what was paid and not yet refunded, then {again}.",
		"Cocokkan jumlahnya dengan yang sudah dibayar dan belum dikembalikan, lalu {again}.",
	},
	{opRefund, "404-01"}: {
		"Check the payment now; if it is paid, contact {provider} and quote its reference.",
		"Cek pembayarannya sekarang; jika lunas, hubungi {provider} dan sebutkan referensinya.",
	},
	{opRefund, "404-04"}: {
		"Do NOT refund again and give no cash: check the payment now, for the money may have gone back with the cancel.",
		"JANGAN kembalikan lagi dan jangan beri tunai: cek pembayarannya sekarang, karena uang mungkin sudah kembali lewat pembatalan.",
	},
	{opRefund, "404-19"}: {
		"The time for refunds may be over: contact {provider}, quote the reference and ask how the money can go back.",
		"Waktu pengembalian mungkin sudah habis: hubungi {provider}, sebutkan referensinya, dan tanyakan cara mengembalikan uangnya.",
	},
	{opRefund, "405-01"}: {
		"Check the payment now, then refund later; if it stays, contact {provider} and quote the reference.",
		"Cek pembayarannya sekarang, lalu kembalikan nanti; jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},

	// QRIS CPM payment 60: what the cashier tells the customer. Only the codes
	// that prove a refusal are here; the others say that nothing is proven.
	{opPay, "403-01"}: {
		"Let the customer pay another way, and ask {provider} to open this kind of payment.",
		"Minta pelanggan membayar dengan cara lain, dan minta {provider} membuka jenis pembayaran ini.",
	},
	{opPay, "403-02"}: {
		"Let the customer pay with another card or app, or in cash.",
		"Minta pelanggan memakai kartu atau aplikasi lain, atau tunai.",
	},
	{opPay, "403-03"}: {
		"Let the customer pay another way; their bank can tell them more.",
		"Minta pelanggan membayar dengan cara lain; banknya bisa menjelaskan.",
	},
	{opPay, "403-04"}: {
		"Wait a few minutes, then scan a fresh code, or let the customer pay another way.",
		"Tunggu beberapa menit, lalu pindai kode baru, atau minta pelanggan membayar dengan cara lain.",
	},
	{opPay, "403-05"}: {
		"Let the customer pay with another card or app; their bank can check the account.",
		"Minta pelanggan memakai kartu atau aplikasi lain; banknya bisa memeriksa rekeningnya.",
	},
	{opPay, "403-06"}: {
		"Send the payment again when the cut-off is over, or let the customer pay another way.",
		"Kirim pembayaran lagi setelah cut-off selesai, atau minta pelanggan membayar dengan cara lain.",
	},
	{opPay, "403-07"}: {
		"Let the customer pay with another card or app; their bank can unblock the card.",
		"Minta pelanggan memakai kartu atau aplikasi lain; banknya bisa membuka blokir kartunya.",
	},
	{opPay, "403-08"}: {
		"Let the customer pay with another card or app.",
		"Minta pelanggan memakai kartu atau aplikasi lain.",
	},
	{opPay, "403-09"}: {
		"Let the customer pay with another account or app; their bank can make the account active again.",
		"Minta pelanggan memakai rekening atau aplikasi lain; banknya bisa mengaktifkan rekeningnya lagi.",
	},
	{opPay, "403-10"}: {
		"Ask the customer to set a limit in their app, then scan a fresh code.",
		"Minta pelanggan mengatur batas di aplikasinya, lalu pindai kode baru.",
	},
	{opPay, "403-11"}: {
		"Let the customer pay another way; their bank can open the one-time code again.",
		"Minta pelanggan membayar dengan cara lain; banknya bisa membuka lagi kode sekali pakainya.",
	},
	{opPay, "403-12"}: {
		"Scan a fresh code and ask the customer to enter the new one-time code soon.",
		"Pindai kode baru dan minta pelanggan segera memasukkan kode sekali pakai yang baru.",
	},
	{opPay, "403-13"}: {
		"Ask the customer to enter the one-time code in their app. Do NOT charge again; we keep asking.",
		"Minta pelanggan memasukkan kode sekali pakai di aplikasinya. JANGAN tagih ulang; kami terus mengecek.",
	},
	{opPay, "403-14"}: {
		"Let the customer top up and show a fresh code, or pay another way.",
		"Minta pelanggan mengisi saldo lalu menunjukkan kode baru, atau membayar dengan cara lain.",
	},
	{opPay, "403-15"}: {
		"Let the customer pay another way; if it happens with every customer, contact {provider}.",
		"Minta pelanggan membayar dengan cara lain; jika terjadi pada semua pelanggan, hubungi {provider}.",
	},
	{opPay, "403-17"}: {
		"Ask the customer to raise the limit in their app and show a fresh code, or to pay another way.",
		"Minta pelanggan menaikkan batas di aplikasinya lalu menunjukkan kode baru, atau membayar dengan cara lain.",
	},
	{opPay, "403-18"}: {
		"Let the customer pay with another card or app; their bank can make this one active.",
		"Minta pelanggan memakai kartu atau aplikasi lain; banknya bisa mengaktifkan yang ini.",
	},
	{opPay, "403-19"}: {
		"Let the customer pay another way, and contact {provider} before the next payment.",
		"Minta pelanggan membayar dengan cara lain, dan hubungi {provider} sebelum pembayaran berikutnya.",
	},
	{opPay, "403-20"}: {
		"Let the customer pay another way; ask {provider} to raise the limit, or go on tomorrow.",
		"Minta pelanggan membayar dengan cara lain; minta {provider} menaikkan batasnya, atau lanjutkan besok.",
	},
	{opPay, "403-21"}: {
		"Let the customer pay with another card or app.",
		"Minta pelanggan memakai kartu atau aplikasi lain.",
	},
	{opPay, "403-22"}: {
		"Let the customer pay another way, and ask {provider} about the agreed range.",
		"Minta pelanggan membayar dengan cara lain, dan tanyakan rentang yang disepakati ke {provider}.",
	},
	{opPay, "403-23"}: {
		"Let the customer pay with another account or app; this one can pay again tomorrow.",
		"Minta pelanggan memakai rekening atau aplikasi lain; yang ini bisa dipakai lagi besok.",
	},
	{opPay, "404-01"}: {
		"Ask the customer to show a fresh code, then scan it.",
		"Minta pelanggan menunjukkan kode baru, lalu pindai.",
	},
	{opPay, "404-02"}: {
		"Let the customer pay with another card or app, and tell {provider}.",
		"Minta pelanggan memakai kartu atau aplikasi lain, dan beri tahu {provider}.",
	},
	{opPay, "404-03"}: {
		"Let the customer pay with a card or app of another bank.",
		"Minta pelanggan memakai kartu atau aplikasi bank lain.",
	},
	{opPay, "404-04"}: {
		"Ask the customer whether they still want to pay; if so, scan a fresh code.",
		"Tanyakan apakah pelanggan masih mau membayar; jika ya, pindai kode baru.",
	},
	{opPay, "404-06"}: {
		"Ask the customer to request the one-time code in their app. Do NOT charge again; we keep asking.",
		"Minta pelanggan meminta kode sekali pakai di aplikasinya. JANGAN tagih ulang; kami terus mengecek.",
	},
	{opPay, "404-09"}: {
		"Let the customer pay with another card or app.",
		"Minta pelanggan memakai kartu atau aplikasi lain.",
	},
	{opPay, "404-11"}: {
		"Let the customer pay with another card or app; their bank can tell them more.",
		"Minta pelanggan memakai kartu atau aplikasi lain; banknya bisa menjelaskan.",
	},
	{opPay, "404-17"}: {
		"Check the terminal ID in the config, or ask {provider} to register it; meanwhile let the customer pay another way.",
		"Periksa ID terminal di konfigurasi, atau minta {provider} mendaftarkannya; sementara itu minta pelanggan membayar dengan cara lain.",
	},
	{opPay, "404-19"}: {
		"Make a new bill and scan a fresh code.",
		"Buat tagihan baru dan pindai kode baru.",
	},
	{opPay, "405-01"}: {
		"Let the customer pay another way; if it stays, contact {provider} and quote the reference.",
		"Minta pelanggan membayar dengan cara lain; jika tetap begitu, hubungi {provider} dan sebutkan referensinya.",
	},
	{opPay, "429-00"}: {
		"Wait a minute, then send the payment again, or let the customer pay another way.",
		"Tunggu satu menit, lalu kirim pembayaran lagi, atau minta pelanggan membayar dengan cara lain.",
	},
}
