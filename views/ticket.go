package views

import (
	"cashier/api/till"
	"cashier/ui/paper"
)

// ticketDocument is a user id on paper: its code, for a machine's reader, and
// whose it is. It never changes, so that it may be printed as often as wanted.
func (d *desk) ticketDocument(tx till.Transaction) *paper.Document {
	doc := new(paper.Document)
	test := func() {
		if d.test() {
			doc.Title("*** " + d.T("receipt.test") + " ***")
		}
	}
	test()
	d.letterhead(doc)
	doc.Title(d.T("ticket.title")).Space()
	doc.Code(tx.QR).Space()
	doc.Center(d.T("ticket.hold")).Rule()
	doc.Text(d.T("ticket.the-code"))
	doc.Whole(tx.QR)
	if c := tx.Courier; c != nil {
		doc.Pair(d.fieldLabel("courierName"), c.Name).Pair(d.fieldLabel("courierNo"), c.No).Pair(d.fieldLabel("branchNo"), c.BranchNo)
	}
	doc.Pair(d.T("ticket.made"), d.moment(tx.CreatedAt))
	doc.Text(d.T("detail.reference"))
	doc.Whole(string(tx.Reference))
	if r := string(tx.ProviderReference); r != "" {
		doc.Text(d.T("detail.cdm-reference"))
		doc.Whole(r)
	}
	doc.Rule()
	test()
	return doc
}
