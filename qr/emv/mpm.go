package emv

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Ids of EMVCo MPM 1.1, table 3.1, and of QRIS, at the top level.
const (
	idFormat     = "00"
	idInitiation = "01" // "11" static, "12" dynamic
	idTransfer   = "40" // QRIS: account of a transfer, deposit or withdrawal
	idQRIS       = "51" // QRIS: the national merchant id
	idCategory   = "52"
	idCurrency   = "53"
	idAmount     = "54"
	idCountry    = "58"
	idName       = "59"
	idCity       = "60"
	idPostal     = "61"
	idAdditional = "62"
	idCRC        = "63"
)

// Ids within merchant account information (26 to 51) and additional data (62).
const (
	idGUID       = "00"
	idPAN        = "01"
	idMerchant   = "02"
	idPurpose    = "08"
	crcIntro     = idCRC + "04"
	crcLength    = 4
	categoryCash = "4829" // money transfer: transfers and cash at a machine
	rupiah       = "360"
)

// MPM is a decoded merchant-presented code. It prints as a summary, since a code
// for a transfer or a withdrawal holds a person's account.
type MPM struct {
	masked
	code sealed[mpmCode]
}

type mpmCode struct {
	fields []field
	crcOK  bool
}

// field is one id-length-value element, with its parts where it is a template.
type field struct {
	id    string
	value string // printable characters only
	parts []field
}

// DecodeMPM reads a merchant-presented payload. Lengths count characters, as in
// EMVCo's own example with Chinese names. A wrong checksum is no error: see
// CRCOK. An element that should be a template and is none is kept as a value.
func DecodeMPM(payload string) (MPM, error) {
	switch {
	case payload == "":
		return MPM{}, at("MPM", 0, ErrEmpty)
	case utf8.RuneCountInString(payload) > MaxLength:
		return MPM{}, at("MPM", 0, ErrTooLong)
	case !strings.HasPrefix(payload, idFormat+"02") && !strings.HasPrefix(idFormat+"02", payload):
		return MPM{}, at("MPM", 0, ErrMode)
	}
	fields, crcStart, err := parseFields(payload, true)
	if err != nil {
		return MPM{}, err
	}
	if crcStart < 0 {
		return MPM{}, at("MPM", utf8.RuneCountInString(payload), ErrTruncated)
	}
	sum := fmt.Sprintf("%04X", CRC16([]byte(payload[:crcStart+len(crcIntro)])))
	m := MPM{code: seal(&mpmCode{
		fields: fields,
		crcOK:  strings.EqualFold(payload[crcStart:], crcIntro+sum),
	})}
	m.brief = m.summary()
	return m, nil
}

// parseFields also returns the byte offset of the checksum, -1 if there is none.
func parseFields(s string, top bool) (fields []field, crcStart int, err error) {
	crcStart = -1
	for i, chars := 0, 0; i < len(s); {
		if crcStart >= 0 {
			return nil, 0, at("MPM", chars, ErrOrder) // the checksum is the last element
		}
		head := s[i:min(i+4, len(s))]
		switch {
		case !digits(head):
			return nil, 0, at("MPM", chars, ErrTag)
		case len(head) < 4:
			return nil, 0, at("MPM", chars, ErrTruncated)
		}
		id := head[:2]
		length, err := strconv.Atoi(head[2:])
		if err != nil {
			return nil, 0, at("MPM", chars+2, ErrLength)
		}
		end := i + 4
		for range length {
			if end == len(s) {
				return nil, 0, at("MPM", chars+4, ErrTruncated)
			}
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		f := field{id: id, value: printable(s[i+4:end], length)}
		if top && template(id) {
			// A part that does not parse is a value after all; length 0 has none.
			if parts, _, err := parseFields(s[i+4:end], false); err == nil {
				f.parts = parts
			}
		}
		if top && id == idCRC {
			if length != crcLength {
				return nil, 0, at("MPM", chars+2, ErrLength)
			}
			crcStart = i
		}
		fields = append(fields, f)
		i, chars = end, chars+4+length
	}
	return fields, crcStart, nil
}

// template reports whether the specification gives id parts of its own: account
// information, additional data, language, and the unreserved ones.
func template(id string) bool {
	return id >= "26" && id <= "51" || id == idAdditional || id == "64" || id >= "80"
}

// CRC16 is CRC-16/CCITT-FALSE (polynomial 1021, initial value FFFF), the checksum
// of merchant-presented codes: over all bytes up to and with "6304".
func CRC16(b []byte) uint16 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

func (m MPM) summary() string {
	kind := "MPM code of another scheme"
	if m.IsQRIS() {
		kind = "MPM code: QRIS"
	}
	if !m.CRCOK() {
		kind += ", wrong checksum"
	}
	return kind
}

// CRCOK reports whether the checksum is right.
func (m MPM) CRCOK() bool { return m.code.open().crcOK }

// Value returns the printable characters of the first element along a path of
// ids, say Value("62", "08"), "" if there is none. It may be personal data.
func (m MPM) Value(path ...string) string {
	fields, value := m.code.open().fields, ""
	for _, id := range path {
		f, ok := first(fields, id)
		if !ok {
			return ""
		}
		fields, value = f.parts, f.value
	}
	return value
}

func first(fields []field, id string) (field, bool) {
	for _, f := range fields {
		if f.id == id {
			return f, true
		}
	}
	return field{}, false
}

// Initiation is "11" for a static code, "12" for a dynamic one, "" if not given.
func (m MPM) Initiation() string { return m.Value(idInitiation) }

// Amount is the amount as written, in units of the currency with an optional
// point; "" where the customer is to enter it or the value is no amount.
func (m MPM) Amount() string {
	amount := m.Value(idAmount)
	whole, part, point := strings.Cut(amount, ".")
	if !digits(whole) || point && part != "" && !digits(part) {
		return ""
	}
	return amount
}

// Currency is the ISO 4217 number, "360" for rupiah.
func (m MPM) Currency() string { return m.Value(idCurrency) }

// Category is the merchant category code (ISO 18245).
func (m MPM) Category() string { return m.Value(idCategory) }

// Country is the ISO 3166 code of two letters.
func (m MPM) Country() string { return m.Value(idCountry) }

// Name is the merchant's name, or a person's in a code for a transfer.
func (m MPM) Name() string { return m.Value(idName) }

// City is the merchant's city.
func (m MPM) City() string { return m.Value(idCity) }

// Postal is the merchant's postal code.
func (m MPM) Postal() string { return m.Value(idPostal) }

// NMID is the national merchant id of QRIS, "" if there is none.
func (m MPM) NMID() string {
	if !national(m.Value(idQRIS, idGUID)) {
		return ""
	}
	return m.Value(idQRIS, idMerchant)
}

// national reports whether guid is that of QRIS, or of its forerunner GPN.
func national(guid string) bool {
	return strings.EqualFold(guid, "ID.CO.QRIS.WWW") || strings.EqualFold(guid, "ID.OR.GPNQR.WWW")
}

// Purpose is what a code for a transfer is for: "CDPT" cash deposit, "CWDL" cash
// withdrawal, "DMCT" transfer; "" for the code of a merchant.
func (m MPM) Purpose() string {
	if m.Value(idTransfer) == "" || m.Category() != categoryCash {
		return ""
	}
	return m.Value(idAdditional, idPurpose)
}

// IsQRIS reports whether the code is one of QRIS: rupiah, and the national id or
// an account whose PAN begins with Indonesia's 9360.
func (m MPM) IsQRIS() bool {
	if m.Currency() != rupiah {
		return false
	}
	if national(m.Value(idQRIS, idGUID)) {
		return true
	}
	for id := 26; id <= 50; id++ {
		if strings.HasPrefix(m.Value(strconv.Itoa(id), idPAN), "9360") {
			return true
		}
	}
	return false
}
