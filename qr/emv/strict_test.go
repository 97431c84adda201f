package emv

import (
	"encoding/base64"
	"strings"
)

// decodeStrictly reads a consumer-presented payload that is written as the
// specification says, and no other.
func decodeStrictly(payload string) (CPM, error) {
	if err := checkLength(payload); err != nil {
		return CPM{}, err
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(payload)
	if err != nil || strings.ContainsAny(payload, "\r\n") { // which the decoder would skip
		return CPM{}, base64Error(payload)
	}
	return grammar{strict: true}.decode(raw)
}
