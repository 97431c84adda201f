package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"cashier/api"
)

const stateVersion = 1

// record is one line of the state file. A record of the same identity
// replaces the earlier one, so that the last line about a thing is the whole
// truth about it.
type record interface {
	kind() string
	// check says why the state cannot take the record; it changes nothing.
	check(*state) error
	// applyTo takes a record that was checked.
	applyTo(*state)
}

// kinds makes the empty record of each kind that the file may hold.
var kinds = map[string]func() record{
	"sandbox": func() record { return &origin{} },
	"keys":    func() record { return &keyRecord{} },
	"userId":  func() record { return &userID{} },
	"deposit": func() record { return &deposit{} },

	"payment":    func() record { return &payment{} },
	"code":       func() record { return &code{} },
	"refund":     func() record { return &refund{} },
	"externalId": func() record { return &externalID{} },
	"mpm":        func() record { return &mpm{} },
	"consent":    func() record { return &consent{} },
}

// state is everything that a restart must find again.
type state struct {
	salt string
	keys *keyRecord

	users       []*userID // in the order they were made
	byReference map[string]*userID
	byCode      map[string]*userID // cdmQrcode
	byCDM       map[string]*userID // cdmReferenceId

	deposits  []*deposit          // index is ID - 1
	byChannel map[string]*deposit // channelReferNo
	byOwner   map[string][]*deposit
	perDay    map[string]int // the last number a machine gave on a day; a hint

	payments payments
	day      string            // of the external ids, 20261120
	external map[string]uint64 // X-EXTERNAL-ID -> hash of what it was used for

	mpm       []*mpm // in the order they were made
	mpmBy     map[mpmName]*mpm
	consents  []*consent          // index is ID - 1
	consentBy map[string]*consent // digest of a code or a token
}

func newState() state {
	return state{
		byReference: map[string]*userID{}, byCode: map[string]*userID{}, byCDM: map[string]*userID{},
		byChannel: map[string]*deposit{}, byOwner: map[string][]*deposit{},
		perDay:   map[string]int{},
		payments: newPayments(), external: map[string]uint64{},
		mpmBy: map[mpmName]*mpm{}, consentBy: map[string]*consent{},
	}
}

// size is how many records all yields.
func (st *state) size() int {
	n := len(st.users) + len(st.deposits) + len(st.external) +
		len(st.payments.codes) + len(st.payments.list) + len(st.payments.refunds) +
		len(st.mpm) + len(st.consents)
	if st.salt != "" {
		n++
	}
	if st.keys != nil {
		n++
	}
	return n
}

// all yields the records that make the same state again.
func (st *state) all() iter.Seq[record] {
	return func(yield func(record) bool) {
		if st.salt != "" && !yield(&origin{Version: stateVersion, Salt: st.salt}) {
			return
		}
		if st.keys != nil && !yield(st.keys) {
			return
		}
		for _, u := range st.users {
			if !yield(u) {
				return
			}
		}
		for _, d := range st.deposits {
			if !yield(d) {
				return
			}
		}
		for _, c := range st.payments.codes {
			if !yield(c) {
				return
			}
		}
		for _, p := range st.payments.list {
			if !yield(p) {
				return
			}
		}
		for _, r := range st.payments.refunds {
			if !yield(r) {
				return
			}
		}
		for _, m := range st.mpm {
			if !yield(m) {
				return
			}
		}
		for _, c := range st.consents {
			if !yield(c) {
				return
			}
		}
		for _, id := range slices.Sorted(maps.Keys(st.external)) {
			if !yield(&externalID{Day: st.day, ID: id, Hash: st.external[id]}) {
				return
			}
		}
	}
}

// origin is the first record of a file.
type origin struct {
	Version int    `json:"version"`
	Salt    string `json:"salt"` // ids are derived from it
}

func (origin) kind() string { return "sandbox" }

func (o origin) check(*state) error {
	if o.Version != stateVersion {
		return fmt.Errorf("version %d is not known, only %d", o.Version, stateVersion)
	}
	if o.Salt == "" {
		return errors.New("the salt is missing")
	}
	return nil
}

func (o origin) applyTo(st *state) { st.salt = o.Salt }

// userID is one answer of service 90: one a reference, ever.
type userID struct {
	Reference     string    `json:"partnerReferenceNo"`
	Merchant      string    `json:"merchantId"`
	Digest        string    `json:"digest"` // of the request's values: a repeat must be the same
	CDMReference  string    `json:"cdmReferenceId"`
	Code          string    `json:"cdmQrcode"`
	Original      string    `json:"originalReferenceNo"` // of all its deposits
	Status        string    `json:"status"`              // ACTIVE or INACTIVE
	Channel       string    `json:"channelCode"`
	CourierNo     string    `json:"courierNo,omitempty"`
	CourierName   string    `json:"courierName,omitempty"`
	CourierMobile string    `json:"courierMobile,omitempty"`
	RegionNo      string    `json:"regionNo,omitempty"`
	BranchNo      string    `json:"branchNo,omitempty"`
	NotifyURL     string    `json:"notifyUrl,omitempty"`
	CreatedAt     time.Time `json:"createdAt"`
	Requests      int       `json:"requests"`
}

func (*userID) kind() string { return "userId" }

func (u *userID) check(st *state) error {
	known := st.byReference[u.Reference]
	switch {
	case u.Reference == "" || u.Code == "" || u.CDMReference == "":
		return errors.New("a user id lacks its reference or its code")
	case st.byCode[u.Code] != nil && st.byCode[u.Code].Reference != u.Reference,
		st.byCDM[u.CDMReference] != nil && st.byCDM[u.CDMReference].Reference != u.Reference:
		return fmt.Errorf("the user id of %s belongs to another reference already", api.Clean(u.Reference, 64))
	case known != nil && (known.Code != u.Code || known.CDMReference != u.CDMReference):
		return fmt.Errorf("the reference %s has another user id already", api.Clean(u.Reference, 64))
	}
	return nil
}

func (u *userID) applyTo(st *state) {
	known := st.byReference[u.Reference]
	if known == nil {
		known = &userID{}
		st.users = append(st.users, known)
		st.byReference[u.Reference] = known
	}
	*known = *u
	st.byCode[u.Code] = known
	st.byCDM[u.CDMReference] = known
}

// deposit is one cash deposit at a machine.
type deposit struct {
	ID         int        `json:"id"` // from 1, without gaps
	Reference  string     `json:"partnerReferenceNo"`
	Machine    string     `json:"machineNumber"`
	Channel    string     `json:"channelReferNo,omitempty"` // a waiting one may lack it
	Status     string     `json:"status"`
	Amount     api.Amount `json:"amount"`
	Fee        api.Amount `json:"fee"`
	CreatedAt  time.Time  `json:"createdAt"`
	ReturnedAt time.Time  `json:"returnedAt,omitzero"`
}

func (*deposit) kind() string { return "deposit" }

func (d *deposit) check(st *state) error {
	if st.byReference[d.Reference] == nil {
		return fmt.Errorf("deposit %d is of a user id that is not there", d.ID)
	}
	if other := st.byChannel[d.Channel]; d.Channel != "" && other != nil && other.ID != d.ID {
		return fmt.Errorf("deposits %d and %d have the same channelReferNo", other.ID, d.ID)
	}
	if d.ID < 1 || d.ID > len(st.deposits)+1 {
		return fmt.Errorf("deposit %d follows deposit %d", d.ID, len(st.deposits))
	}
	if d.ID <= len(st.deposits) {
		known := st.deposits[d.ID-1]
		if known.Reference != d.Reference || known.Channel != "" && known.Channel != d.Channel {
			return fmt.Errorf("deposit %d is another one already", d.ID)
		}
	}
	return nil
}

func (d *deposit) applyTo(st *state) {
	if d.ID > len(st.deposits) {
		known := &deposit{}
		st.deposits = append(st.deposits, known)
		st.byOwner[d.Reference] = append(st.byOwner[d.Reference], known)
	}
	known := st.deposits[d.ID-1]
	*known = *d
	if d.Channel != "" {
		st.byChannel[d.Channel] = known
	}
}

// line is a record as the file has it.
type line struct {
	Kind  string          `json:"kind"`
	Value json.RawMessage `json:"value"`
}

func encodeRecord(r record) ([]byte, error) {
	value, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode a %s record: %w", r.kind(), err)
	}
	text, err := json.Marshal(line{r.kind(), value})
	if err != nil {
		return nil, fmt.Errorf("encode a %s record: %w", r.kind(), err)
	}
	return append(text, '\n'), nil
}

func decodeRecord(text []byte) (record, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, err
	}
	empty, ok := kinds[l.Kind]
	if !ok {
		return nil, fmt.Errorf("a record of kind %q is not known here", api.Clean(l.Kind, 40))
	}
	r := empty()
	if err := json.Unmarshal(l.Value, r); err != nil {
		return nil, err
	}
	return r, nil
}
