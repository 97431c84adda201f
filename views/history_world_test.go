package views

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cashier/api"
	"cashier/api/till"
)

// Search looks at step transactions at a time.
func (w *world) Search(ctx context.Context, filter till.Filter, cursor string, limit int) (till.Stretch, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.readErr != nil {
		return till.Stretch{}, w.readErr
	}
	all := slices.SortedFunc(maps.Values(w.records), func(a, b till.Transaction) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.Reference, a.Reference))
	})
	from, _ := strconv.Atoi(cursor)
	to := len(all)
	if w.step > 0 {
		to = min(from+w.step, to)
	}
	s := till.Stretch{Sum: api.IDR(0), Came: api.IDR(0)}
	hits := 0 // before the cursor, for pages go by hits
	for i, tx := range all[:to] {
		if i >= from {
			s.Looked++
			s.Reached = tx.CreatedAt
		}
		if !fits(tx, filter) {
			continue
		}
		hits++
		if i < from {
			continue
		}
		row := till.RowOf(tx)
		s.Hits++
		s.Sum, _ = s.Sum.Add(row.Amount)
		if tx.Kind == till.CDM || paid(tx.State) {
			s.Came, _ = s.Came.Add(row.Amount)
		}
		if len(s.Rows) < limit {
			s.Rows = append(s.Rows, row)
			s.Behind = strconv.Itoa(hits)
		}
	}
	if to < len(all) {
		s.Next = strconv.Itoa(to)
	}
	return s, ctx.Err()
}

func fits(tx till.Transaction, f till.Filter) bool {
	has := func(word string, texts ...string) bool {
		return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(word)) })
	}
	row := till.RowOf(tx)
	var who, machines []string
	if tx.Courier != nil {
		who = []string{tx.Courier.No, tx.Courier.Name, tx.Courier.Mobile}
	}
	for _, d := range tx.Deposits {
		machines = append(machines, string(d.Machine))
	}
	for _, word := range f.Text {
		word, issuer, _ := strings.Cut(word, "|")
		if issuer != "" && strings.HasPrefix(row.Label, issuer) {
			continue
		}
		if !has(word, slices.Concat(who, machines, []string{string(tx.Reference), row.Label, tx.QR})...) {
			return false
		}
	}
	for _, word := range f.Similar { // its first two letters: enough for a test
		if !has(word[:min(2, len(word))], row.Label) {
			return false
		}
	}
	return (!f.OpenOnly || tx.State.Open()) && (f.State == "" || tx.State == f.State) && (len(f.States) == 0 || slices.Contains(f.States, tx.State)) &&
		(f.Kind == "" || tx.Kind == f.Kind) && (f.Provider == "" || strings.EqualFold(tx.Provider, f.Provider)) &&
		strings.HasPrefix(string(tx.Reference), f.Reference) &&
		(f.From.IsZero() || !tx.CreatedAt.Before(f.From)) && (f.To.IsZero() || tx.CreatedAt.Before(f.To)) &&
		(f.Least.Zero() || row.Amount.Minor() >= f.Least.Minor()) && (f.Most.Zero() || !row.Amount.Zero() && row.Amount.Minor() <= f.Most.Minor()) &&
		(f.Courier == "" || has(f.Courier, who...)) && (f.Machine == "" || has(f.Machine, machines...))
}
