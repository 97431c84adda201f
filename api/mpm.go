package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"cashier/api/snap"
)

// LookupKey names a payment of a static or dynamic QR code (MPM) that is to be
// looked up. Which of them a provider wants is its document's to say; see the
// providers' Fits.
type LookupKey struct {
	Reference         Reference // originalPartnerReferenceNo
	ProviderReference Text      // originalReferenceNo
	ExternalID        string    // originalExternalId
	Amount            Amount    // what the payment is believed to be; zero: not known
}

// LookupNews is what an answer tells of a payment that was looked up. Texts
// are clean and masked where they are a customer's.
type LookupNews struct {
	Status            PaymentStatus // NoStatus unless the answer is of class Done
	RawStatus         Text          // latestTransactionStatus as it came
	Description       Text          // transactionStatusDesc
	ProviderReference Text          // originalReferenceNo; put right where an answer swaps the two
	Reference         Text          // originalPartnerReferenceNo, likewise
	ExternalID        Text          // originalExternalId
	Amount            Amount        // the provider's; zero where it names none
	Fee               Amount        // feeAmount
	PaidTime          Text          // as it came: shown, and orders nothing
	ServiceCode       Text          // of the queried transaction
	Info              []Detail      // additionalInfo, in the answer's order
	Oddities          []Oddity      // where the answer is not what its document or the question says
}

// Doubtful reports an answer that may be another payment's: shown, and not to
// be taken as proof.
func (n LookupNews) Doubtful() bool {
	return slices.ContainsFunc(n.Oddities, func(o Oddity) bool {
		return o.Kind == SwappedReferences || o.Kind == OtherAmount || o.Kind == OtherReference
	})
}

// Detail is one field that no table describes; see MaskField.
type Detail struct {
	Name  Text `json:"name"`
	Value Text `json:"value"`
}

// OddityKind is what is odd about an answer.
type OddityKind string

// Kinds of oddities.
const (
	SwappedReferences OddityKind = "swapped-references" // the two references stand in each other's field
	OtherAmount       OddityKind = "other-amount"       // Have is answered, Want was asked for
	OtherReference    OddityKind = "other-reference"    // Field has Have, Want was asked for
	OtherService      OddityKind = "other-service"      // serviceCode has Have, Want was sent
	MissingField      OddityKind = "missing"            // Field is mandatory by the table
	OddLength         OddityKind = "length"             // Field has Have characters or members, the table says Want
	UnreadableField   OddityKind = "unreadable"         // Field is of another type or spelling
)

// Oddity is one thing that is odd about an answer.
type Oddity struct {
	Kind  OddityKind `json:"kind"`
	Field string     `json:"field,omitempty"` // the wire's name
	Have  string     `json:"have,omitempty"`
	Want  string     `json:"want,omitempty"`
}

func (o Oddity) String() string {
	switch o.Kind {
	case SwappedReferences:
		return "the answer has the two references in each other's place"
	case OtherAmount:
		return fmt.Sprintf("the provider names another amount: %s, asked for %s", o.Have, o.Want)
	case OtherReference:
		return fmt.Sprintf("the provider names another %s: %s, asked for %s", o.Field, o.Have, o.Want)
	case OtherService:
		return fmt.Sprintf("the answer's %s is %s, sent was %s", o.Field, o.Have, o.Want)
	case MissingField:
		return o.Field + " is mandatory and missing in the answer"
	case OddLength:
		return fmt.Sprintf("the answer's %s has a length of %s, the document says %s", o.Field, o.Have, o.Want)
	}
	return fmt.Sprintf("the answer's %s cannot be read", o.Field)
}

// Note adds an oddity.
func (n *LookupNews) Note(o Oddity) { n.Oddities = append(n.Oddities, o) }

// Hold notes where an answer leaves its table.
func (n *LookupNews) Hold(answer any) {
	for _, e := range CheckAll(answer) {
		o := Oddity{Kind: MissingField, Field: e.Field}
		if !e.Missing {
			o.Kind, o.Have, o.Want = OddLength, fmt.Sprint(e.Have), fmt.Sprintf("%d to %d", e.Min, e.Max)
		}
		n.Note(o)
	}
}

// HoldAmount notes an amount that is another than the one asked for.
func (n *LookupNews) HoldAmount(asked Amount) {
	if asked.Currency() != "" && n.Amount.Currency() != "" && n.Amount != asked {
		n.Note(Oddity{Kind: OtherAmount, Field: "amount", Have: n.Amount.String(), Want: asked.String()})
	}
}

// LookupOperation is an MPM query (service 51) with the header set of BI SNAP,
// of which a profile leaves out what it does not have. The codes are those of
// the general catalogue (seed 003), on which the documents of the providers
// fall back: a refusal refuses the query and says nothing of the payment, and
// that it is not found is what was asked.
func LookupOperation(dialect, name, path string) Operation {
	classes := map[string]Rule{}
	for m := range snap.Catalogue() {
		classes[m.Key()] = Both(Failed)
	}
	maps.Copy(classes, map[string]Rule{
		"200-00": Both(Done), "202-00": Both(Pending), "404-01": Both(Done),
		"500-00": Both(Unknown), "500-02": Both(Unknown), "504-00": Both(Unknown), "409-00": Both(Unknown),
	})
	return Operation{
		Provider: dialect, Service: "51", Name: name, Method: http.MethodPost, Path: path,
		Timeout: 8 * time.Second, Signature: snap.Symmetric, Classes: classes, Attempts: 1,
		Headers: []string{
			snap.HeaderAuthorizationCustomer, snap.HeaderOrigin, snap.HeaderExternalID, snap.HeaderIPAddress,
			snap.HeaderDeviceID, snap.HeaderLatitude, snap.HeaderLongitude, snap.HeaderChannelID,
		},
	}
}

// Unlisted warns of a code that the provider's own document does not have:
// what is said of it is the general catalogue's.
func (a *Answer) Unlisted(listed ...string) {
	key := a.Code.Key()
	if key == "" || slices.Contains(listed, key) {
		return
	}
	if _, known := snap.Lookup(a.Code); known {
		a.Warn(fmt.Sprintf("the provider's document does not list %s: it is read by the general catalogue", a.Code))
		return
	}
	a.Warn(fmt.Sprintf("no document lists %s", a.Code))
}

// StatusOf maps a latestTransactionStatus by the profile, else by the
// document's list.
func (e Endpoint) StatusOf(raw Text) PaymentStatus {
	if e.Statuses != nil {
		return e.Statuses[string(raw)]
	}
	return DefaultStatuses()[string(raw)]
}

// maxDetails and maxDetail bound what is kept of an additionalInfo: fields, and
// characters of one.
const maxDetails, maxDetail = 64, 256

// LooseInfo is an additionalInfo of any shape, masked as it is read.
type LooseInfo struct {
	Details []Detail
	Members int  // of the object itself
	Odd     bool // it is no object
}

// UnmarshalJSON never fails.
func (l *LooseInfo) UnmarshalJSON(data []byte) error {
	*l = LooseInfo{}
	if data[0] != '{' {
		l.Odd = !NoObject(data)
		return nil
	}
	l.Members = l.read("", data)
	return nil
}

// Value is a field as it is kept, by its name without regard to case.
func (l LooseInfo) Value(name string) Text {
	for _, d := range l.Details {
		if strings.EqualFold(string(d.Name), name) {
			return d.Value
		}
	}
	return ""
}

// read walks an object in its order; inner objects give dotted names.
func (l *LooseInfo) read(path string, object []byte) (members int) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return 0
	}
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			return members
		}
		members++
		l.add(path+Clean(name, 64), value)
	}
	return members
}

func (l *LooseInfo) add(name string, value json.RawMessage) {
	switch {
	case len(l.Details) >= maxDetails || strings.Count(name, ".") > 4:
	case value[0] == '{':
		l.read(name+".", value)
	case value[0] == '[':
		var list []json.RawMessage
		if json.Unmarshal(value, &list) == nil {
			for i, one := range list {
				l.add(fmt.Sprintf("%s.%d", name, i+1), one)
			}
		}
	default:
		var t Text
		if t.UnmarshalJSON(value) == nil {
			l.Details = append(l.Details, Detail{Text(name), MaskField(name, Text(Clean(string(t), maxDetail)))})
		}
	}
}
