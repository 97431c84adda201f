package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"cashier/api/till"
)

// A record is: version 1, the length of the request u32, the request, and
// the rest of the till.Transaction as JSON. The request stands apart because a
// repeat must send its very bytes, and JSON would reformat them.
const (
	recordVersion = 1
	recordHeader  = 5
)

func encodeRecord(t till.Transaction) ([]byte, error) {
	request := t.Request
	t.Request = nil
	var b bytes.Buffer
	b.WriteByte(recordVersion)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(request))))
	b.Write(request)
	if err := encodeJSON(&b, t); err != nil {
		return nil, fmt.Errorf("encoding the record: %w", err)
	}
	return b.Bytes(), nil
}

func decodeRecord(v []byte) (till.Transaction, error) {
	var t till.Transaction
	if len(v) < recordHeader || v[0] != recordVersion {
		return t, fmt.Errorf("record %w", errFormat)
	}
	n := uint64(binary.BigEndian.Uint32(v[1:]))
	body := v[recordHeader:]
	if n > uint64(len(body)) {
		return t, fmt.Errorf("record %w", errFormat)
	}
	if err := json.Unmarshal(body[n:], &t); err != nil {
		return t, fmt.Errorf("record %w: %v", errFormat, err)
	}
	if n > 0 {
		t.Request = bytes.Clone(body[:n]) // v may lie in the mapped file
	}
	return t, nil
}

func encodeJSON(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode's line feed
	return nil
}

// recordHash covers what the journal holds of a transaction: row and record.
func recordHash(row, record []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(row))))
	h.Write(row)
	h.Write(record)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}
