package notify

import (
	"encoding/json"
	"errors"
	"slices"

	"cashier/api"
)

// maxDeposits is how many user ids one deposit notification may wake; what it
// names beyond them is found by the regular query.
const maxDeposits = 16

// depositNote is what is read of PayCools' deposit notification: whose deposits
// to ask about. Its body is documented nowhere; it is taken to be one
// CdmQueryRespItem or the answer of the query (seed 000).
type depositNote struct {
	OriginalPartnerReferenceNo api.Text          `json:"originalPartnerReferenceNo"`
	CDMNotifyItems             []json.RawMessage `json:"cdmNotifyItems"`
}

// ReadDeposits is the Decode of PayCools' deposit notification: the references
// in it, each once, and nothing else. An item that cannot be read hides no
// other.
func ReadDeposits(body []byte) ([]Notice, error) {
	var note depositNote
	if err := json.Unmarshal(body, &note); err != nil {
		return nil, errors.New("not a deposit notification")
	}
	named := []api.Text{note.OriginalPartnerReferenceNo}
	for _, raw := range note.CDMNotifyItems {
		var item depositNote
		if json.Unmarshal(raw, &item) == nil {
			named = append(named, item.OriginalPartnerReferenceNo)
		}
	}
	var found []Notice
	for _, text := range named {
		reference, err := api.ParseReference(string(text))
		known := slices.ContainsFunc(found, func(n Notice) bool { return n.Reference == reference })
		if err == nil && !known && len(found) < maxDeposits {
			found = append(found, Notice{Reference: reference})
		}
	}
	if len(found) == 0 {
		return nil, &api.FieldError{Field: "originalPartnerReferenceNo", Missing: true}
	}
	return found, nil
}
