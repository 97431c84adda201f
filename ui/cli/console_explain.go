package cli

import (
	"cashier/api/snap"
	"cashier/views"
)

// explained is the catalogue of response codes for the screens: seed 003's
// rows, which hold for any service, and who answers which.
func explained() views.Explain {
	return views.Explain{
		Codes: func() []views.CodeRow {
			var rows []views.CodeRow
			for m := range snap.Catalogue() {
				rows = append(rows, views.CodeRow{
					HTTP: m.HTTP, Case: m.Case, Category: m.Category, Message: m.Message, Description: m.Description,
				})
			}
			return rows
		},
		Operations: []views.CodeOperation{
			{Dialect: "paycools", Title: "PayCools", Service: "90"}, {Dialect: "paycools", Title: "PayCools", Service: "91"},
			{Dialect: "snap-cpm", Title: "CPM", Service: "59"}, {Dialect: "snap-cpm", Title: "CPM", Service: "60"},
			{Dialect: "snap-cpm", Title: "CPM", Service: "61"}, {Dialect: "snap-cpm", Title: "CPM", Service: "62"},
			{Dialect: "snap-cpm", Title: "CPM", Service: "79"}, {Dialect: "snap-cpm", Title: "CPM", Service: "80"},
			{Dialect: "paydia", Title: "Paydia", Service: "51"}, {Dialect: "finnet", Title: "Finnet", Service: "51"},
		},
	}
}
