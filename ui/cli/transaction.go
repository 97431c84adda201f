package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cashier/api"
	"cashier/api/cpm"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
	"cashier/views"
)

// transactionJSON is a transaction as scripts get it (DESIGN.md 5). The fields
// without omitempty are always there. The amount of a user id is the sum of
// its booked deposits.
type transactionJSON struct {
	Reference         api.Reference `json:"reference"`
	Sale              string        `json:"sale"`
	Kind              till.Kind     `json:"kind"`
	State             till.State    `json:"state"`
	Provider          string        `json:"provider"`
	Service           string        `json:"service"`
	Amount            api.Amount    `json:"amount"`
	ResponseCode      string        `json:"responseCode"`
	ResponseMessage   api.Text      `json:"responseMessage"`
	Advice            string        `json:"advice"`
	ExternalID        string        `json:"externalId"`
	ProviderReference api.Text      `json:"providerReference"`
	CreatedAt         string        `json:"createdAt"`
	UpdatedAt         string        `json:"updatedAt"`
	QR                string        `json:"qr,omitempty"`
	Deposits          []depositJSON `json:"deposits,omitzero"`
	Refunds           []refundJSON  `json:"refunds,omitzero"`
	Lookup            *lookupJSON   `json:"lookup,omitempty"`
	Events            []eventJSON   `json:"events"`
}

// depositJSON spells a deposit with the provider's names (seed 000,
// CdmQueryRespItem) and with our word for its status.
type depositJSON struct {
	State             api.DepositState `json:"state"`
	Status            api.Text         `json:"latestTransactionStatus"`
	ProviderReference api.Text         `json:"originalReferenceNo"`
	ChannelReference  api.Text         `json:"channelReferNo"`
	Machine           api.Text         `json:"machineNumber"`
	Amount            api.Amount       `json:"amount"`
	Fee               api.Amount       `json:"feeAmount"`
	Total             api.Amount       `json:"totalAmount"`
	CreatedAt         string           `json:"createTime,omitempty"`
	ReturnedAt        string           `json:"returnTime,omitempty"`
	Flag              string           `json:"flag,omitempty"`
}

type eventJSON struct {
	At           string     `json:"at"`
	Service      string     `json:"service"`
	ExternalID   string     `json:"externalId"`
	HTTPStatus   int        `json:"httpStatus"`
	ResponseCode string     `json:"responseCode"`
	State        till.State `json:"state"`
	LatencyMS    int64      `json:"latencyMs"`
}

// rowJSON is a transaction in a list: the same names, without what only the
// whole record has.
type rowJSON struct {
	Reference api.Reference `json:"reference"`
	Kind      till.Kind     `json:"kind"`
	State     till.State    `json:"state"`
	Provider  string        `json:"provider"`
	Amount    api.Amount    `json:"amount"`
	Booked    int           `json:"bookedDeposits"`
	Label     string        `json:"label"`
	CreatedAt string        `json:"createdAt"`
	UpdatedAt string        `json:"updatedAt"`
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return api.Timestamp(t)
}

// money gives a missing amount its zero: scripts get an object in any case.
func money(a api.Amount) api.Amount {
	if a.Currency() == "" {
		return api.IDR(0)
	}
	return a
}

func (a *app) transactionJSON(tx till.Transaction, events []till.Event) transactionJSON {
	row := till.RowOf(tx)
	j := transactionJSON{
		Reference: tx.Reference, Sale: string(tx.Sale), Kind: tx.Kind, State: tx.State, Provider: tx.Provider, Service: tx.Service,
		Refunds: refundsOf(tx), Lookup: a.lookupOf(tx), Amount: money(row.Amount), ResponseCode: tx.ResponseCode, ResponseMessage: tx.ResponseMessage,
		Advice: a.adviceFor(tx).String(), ExternalID: tx.ExternalID, ProviderReference: tx.ProviderReference,
		CreatedAt: stamp(tx.CreatedAt), UpdatedAt: stamp(tx.UpdatedAt), Events: make([]eventJSON, 0, len(events)),
	}
	if tx.Kind == till.CDM {
		if tx.State == till.Active { // an inactive id has no code to hold to a machine
			j.QR = tx.QR
		}
		j.Deposits = make([]depositJSON, 0, len(tx.Deposits))
		for _, d := range tx.Deposits {
			j.Deposits = append(j.Deposits, depositJSON{
				State: d.State, Status: d.Status, ProviderReference: d.ProviderReference, ChannelReference: d.ChannelReference,
				Machine: d.Machine, Amount: money(d.Amount), Fee: money(d.Fee), Total: money(d.Total),
				CreatedAt: stamp(d.CreatedAt), ReturnedAt: stamp(d.ReturnedAt), Flag: d.Flag,
			})
		}
	}
	for _, e := range events {
		j.Events = append(j.Events, eventJSON{
			At: stamp(e.At), Service: e.Service, ExternalID: e.ExternalID, HTTPStatus: e.HTTPStatus,
			ResponseCode: e.ResponseCode, State: e.State, LatencyMS: e.Latency.Milliseconds(),
		})
	}
	return j
}

func rowAsJSON(r till.Row) rowJSON {
	return rowJSON{
		Reference: r.Reference, Kind: r.Kind, State: r.State, Provider: r.Provider, Amount: money(r.Amount),
		Booked: r.Deposits, Label: r.Label, CreatedAt: stamp(r.CreatedAt.Time()), UpdatedAt: stamp(r.UpdatedAt.Time()),
	}
}

// adviceFor is what to say of the provider's last word on a transaction; no
// advice before there was one.
func (a *app) adviceFor(tx till.Transaction) words.Advice {
	if tx.Lookup != nil {
		return a.lookupAdvice(tx)
	}
	advice := a.adviceByCode(tx)
	if tx.Payment != nil {
		return a.paymentAdvice(tx, advice)
	}
	return advice
}

func (a *app) adviceByCode(tx till.Transaction) words.Advice {
	if tx.Advice == "" {
		return words.Advice{}
	}
	tell := a.words.Advice
	asked := slices.DeleteFunc(slices.Clone(tx.Attempts), func(x till.Attempt) bool { return x.Service != tx.Service })
	for _, attempt := range asked[:max(0, len(asked)-1)] {
		if attempt.Class == "" || attempt.Class == api.Unknown {
			tell = a.words.AdviceAfterUnclear
		}
	}
	if means := words.Key("trouble." + tx.Advice + ".means"); words.Has(means) { // no answer of the operation itself
		t := a.words.T
		return words.Advice{
			Means: t(means, "provider", tx.Provider),
			Money: t(words.Key("trouble."+tx.Advice+".money"), "provider", tx.Provider),
			Do:    t(words.Key("trouble."+tx.Advice+".do"), "provider", tx.Provider),
		}
	}
	advice, _ := tell(dialectOf(tx), tx.Service, tx.Advice)
	return advice
}

// stateSentence is the state in whole words.
func (a *app) stateSentence(tx till.Transaction) string {
	key := words.Key("state." + string(tx.State))
	if special := words.Key("state.userid." + string(tx.State)); tx.Kind == till.CDM && words.Has(special) {
		key = special
	}
	if special := paymentState(tx); special != "" {
		key = special
	}
	if tx.Service == cpm.Generate.Service && tx.State == till.Active {
		return a.adviceByCode(tx).Means
	}
	reason := string(tx.ResponseMessage)
	if tx.ResponseCode != "" {
		reason = strings.TrimSpace(reason + " (" + tx.ResponseCode + ")")
	}
	ended := ""
	if tx.Payment != nil {
		ended = a.words.Clock(tx.Payment.EndedAt)
	}
	return a.words.T(key, "provider", tx.Provider, "reference", tx.Reference, "reason", cmp.Or(reason, tx.Advice),
		"amount", a.amount(tx.Amount), "time", ended)
}

// stateWord is the state in a list.
func (a *app) stateWord(k till.Kind, s till.State) string {
	return signed(stateTone(s), views.StateWord(a.words, k, s))
}

func (a *app) depositWord(d till.Deposit) string {
	word := a.words.T(words.Key("state.deposit."+string(d.State)), "status", d.Status)
	if d.Flag != "" {
		word += "  ! " + d.Flag
	}
	return signed(depositTone(d.State), word)
}

// showTransaction writes a transaction for people.
func (a *app) showTransaction(w io.Writer, tx till.Transaction, events []till.Event) {
	if tx.Lookup != nil {
		a.showLookup(w, tx, events)
		return
	}
	t := a.theme()
	courier := ""
	if c := tx.Courier; c != nil {
		courier = strings.TrimSpace(c.No + "  " + c.Name)
	}
	code := ""
	if tx.State == till.Active && tx.QR != "" {
		code = t.Strong(tx.QR)
	}
	rows := [][2]string{
		{"Reference", t.Strong(string(tx.Reference))},
		{"State", t.Signed(stateTone(tx.State), a.stateSentence(tx))},
		{"User id", code},
	}
	rows = append(rows, a.paymentPairs(t, tx)...)
	pairs(w, append(rows, [][2]string{
		{"Provider", strings.TrimSpace(tx.Provider + "  " + string(tx.ProviderReference))},
		{"Courier", courier},
		{"Answer", strings.TrimSpace(tx.ResponseCode + "  " + string(tx.ResponseMessage))},
		{"Advice", a.adviceFor(tx).String()},
		{"Created", localTime(tx.CreatedAt)},
	}...)...)
	if len(tx.Refunds) > 0 {
		a.showRefunds(w, t, tx)
	}
	if tx.Kind == till.CDM && (tx.State == till.Active || len(tx.Deposits) > 0) {
		fmt.Fprintln(w)
		a.showDeposits(w, t, tx)
	}
	if len(events) > 0 {
		fmt.Fprintln(w)
		a.showEvents(w, t, tx.Kind, events)
	}
}

func (a *app) showDeposits(w io.Writer, t *ui.Theme, tx till.Transaction) {
	sum := till.Sum(tx.Deposits)
	fmt.Fprintf(w, "%s %d  %s   %s %d  %s\n",
		a.words.T("state.deposit.booked"), sum.BookedCount, t.Money(a.words.Rupiah(sum.Booked.Minor())),
		a.words.T("state.deposit.waiting"), sum.WaitingCount, a.words.Rupiah(sum.Waiting.Minor()))
	if len(tx.Deposits) == 0 {
		return
	}
	rows := make([][]string, len(tx.Deposits))
	for i, d := range tx.Deposits {
		rows[i] = []string{localTime(d.CreatedAt), string(d.Machine), string(d.ChannelReference), a.amount(d.Amount), a.depositWord(d)}
	}
	table(w, t, []column{
		{title: "Made"}, {title: "Machine"}, {title: "Machine's reference"}, {title: "Amount", right: true},
		{title: "State", style: func(row int, cell string) string { return t.Tone(depositTone(tx.Deposits[row].State), cell) }},
	}, rows)
}

func (a *app) showEvents(w io.Writer, t *ui.Theme, kind till.Kind, events []till.Event) {
	rows := make([][]string, len(events))
	for i, e := range events {
		took := ""
		if e.Latency > 0 {
			took = fmt.Sprintf("%d ms", e.Latency.Milliseconds())
		}
		rows[i] = []string{localTime(e.At), e.What, e.Service, e.ResponseCode, took, a.stateWord(kind, e.State), e.Note}
	}
	table(w, t, []column{
		{title: "At"}, {title: "What"}, {title: "Service"}, {title: "Code"}, {title: "Took", right: true},
		{title: "State", style: func(row int, cell string) string { return t.Tone(stateTone(events[row].State), cell) }},
		{title: "Note"},
	}, rows)
}

// amount is money for people; another currency than rupiah is named.
func (a *app) amount(m api.Amount) string {
	switch m.Currency() {
	case "":
		return "–"
	case "IDR":
		return a.words.Rupiah(m.Minor())
	}
	return m.String()
}

// answerTransaction prints a transaction as the flags ask for.
func (a *app) answerTransaction(ctx context.Context, s *station, tx till.Transaction) error {
	events, err := s.store.Events(context.WithoutCancel(ctx), tx.Reference)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(a.transactionJSON(tx, events))
	}
	a.showTransaction(a.out, tx, events)
	return nil
}
