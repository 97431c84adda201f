package api

import "bytes"

// LooseText is a text where another shape counts as nothing said, so that no
// odd field hides the others.
type LooseText Text

// UnmarshalJSON never fails.
func (l *LooseText) UnmarshalJSON(data []byte) error {
	var t Text
	if t.UnmarshalJSON(data) == nil {
		*l = LooseText(t)
	}
	return nil
}

// LooseAmount is an amount that marks what it cannot read.
type LooseAmount struct {
	Amount
	Odd bool
}

// UnmarshalJSON never fails.
func (l *LooseAmount) UnmarshalJSON(data []byte) error {
	l.Odd = l.Amount.UnmarshalJSON(data) != nil
	return nil
}

// NoObject reports JSON by which a provider says that there is no object: some
// write "" or [] for it.
func NoObject(data []byte) bool {
	switch string(bytes.Join(bytes.Fields(data), nil)) {
	case "null", `""`, "[]":
		return true
	}
	return false
}
