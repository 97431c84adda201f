package words

// sections lists the tables of the catalogue, one line a table. A new file of
// words adds its line here.
var sections = []map[Key]pair{
	stateWords,
	shortWords,
	networkErrors,
	storeErrors,
	configErrors,
	explainWords,
	shellWords,
	troubleWords,
	homeWords,
	cdmWords,
	sendingWords,
	showCodeWords,
	historyWords,
	panelWords,
	payWords,
	scanWords,
	mintWords,
	payingWords,
	deedWords,
	refundWords,
	paperWords,
	recordWords,
	lookupWords,
	consentWords,
	boardWords,
	codesWords,
	labWords,
	labCauses,
}
