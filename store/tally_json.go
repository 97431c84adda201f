package store

import (
	"encoding/json"
	"fmt"
)

// MarshalJSON writes the counts as they stand in the journal, base64: for
// another process of the same program.
func (t Tally) MarshalJSON() ([]byte, error) { return json.Marshal(t.encode()) }

// UnmarshalJSON reads them again.
func (t *Tally) UnmarshalJSON(data []byte) error {
	var v []byte
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("counts: %w", err)
	}
	read, err := asTally(v)
	if err != nil {
		return err
	}
	*t = read
	return nil
}
