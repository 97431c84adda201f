package views

import (
	"strconv"

	"cashier/api"
	"cashier/api/till"
	"cashier/ui"
	"cashier/ui/words"
)

// column is what stands beside the code: the user id, its deposits, and how
// the watch goes. It has at most height rows; deposits give way first.
func (c *code) column(width, height int) []string {
	top := c.columnTop(width)
	// Three deposits stay visible beside any warning.
	bottom := c.columnBottom(width, height-len(top)-min(3, max(1, len(c.tx.Deposits))))
	room := height - len(top) - len(bottom)
	lines := append(top, c.columnDeposits(width, room)...)
	for len(lines) < height-len(bottom) {
		lines = append(lines, "")
	}
	return append(lines, bottom...)
}

func (c *code) columnTop(width int) []string {
	lines := []string{c.Theme.Good(c.T("code.active")), ""}
	id := c.tx.QR
	lines = append(lines, c.Theme.Strong(ui.Clip(id, width)))
	lines = append(lines, c.Theme.Dim(ui.Clip(c.tx.Reference.Groups(), width)))
	if ref := string(c.tx.ProviderReference); ref != "" {
		lines = append(lines, c.Theme.Dim(ui.Clip(ref, width)))
	}
	if c.misfit != nil {
		lines = append(append(lines, ""), c.misfitLines(width)...)
	} else {
		lines = append(append(lines, ""), wrap(c.T("code.hold"), width)...)
	}
	sum := till.Sum(c.tx.Deposits)
	line := c.T("code.booked", "n", sum.BookedCount) + "  " + c.Theme.Money(c.rupiah(sum.Booked))
	if sum.WaitingCount > 0 {
		line += "   " + c.Theme.Wait(c.T("code.waiting", "n", sum.WaitingCount)) + " " + c.rupiah(sum.Waiting)
	}
	return append(lines, "", line)
}

// columnDeposits are the newest deposits, as many as there is room for.
func (c *code) columnDeposits(width, room int) []string {
	if room < 1 {
		return nil
	}
	deposits := c.tx.Deposits
	if len(deposits) == 0 {
		none := words.Key("code.no-deposits")
		if c.Machine != nil {
			none = "code.no-deposits-test"
		}
		return []string{c.Theme.Dim(ui.Clip(c.T(none), width))}
	}
	var rest string
	if len(deposits) > room {
		deposits = deposits[:room-1]
		rest = c.Theme.Dim(ui.Clip(c.T("code.more-deposits", "n", len(c.tx.Deposits)-len(deposits)), width))
	}
	lines := c.depositTable(deposits, width)
	if rest != "" {
		lines = append(lines, rest)
	}
	return lines
}

// columnBottom is the warnings and the line of the checks. spare is the rows
// that the warnings may have at most; a long advice is cut.
func (c *code) columnBottom(width, spare int) []string {
	var lines []string
	add := func(tone ui.Tone, text string, most int) {
		wrapped := wrap(signed(tone, text), width)
		if len(wrapped) > most {
			wrapped = append(wrapped[:most-1], ui.Clip(wrapped[most-1]+" …", width))
		}
		for _, l := range wrapped {
			lines = append(lines, c.Theme.Tone(tone, l))
		}
	}
	u := c.last
	for _, p := range c.tx.Deposits {
		if p.Flag != "" {
			add(ui.Unsure, c.T("deposit.flag", "provider", c.Provider), 2)
			break
		}
	}
	if u.Answer.Skew > api.SkewLimit || u.Answer.Skew < -api.SkewLimit {
		add(ui.Unsure, c.T("code.skew", "skew", c.Words.Duration(u.Answer.Skew.Abs())), 2)
	}
	switch {
	case u.Err != nil:
		add(ui.Bad, c.trouble(u.Err), 4)
	case !u.DownSince.IsZero():
		add(ui.Unsure, c.T("state.link.down", "time", c.Words.Clock(u.DownSince)), 2)
	case u.Answer.Class != "" && u.Answer.Class != api.Done:
		advice := c.advice("91", u.Answer.Key(), false)
		add(ui.Unsure, advice.Means+" "+advice.Do, max(2, spare-len(lines)-3))
	case u.Answer.Warning != "":
		add(ui.Unsure, c.T("code.odd-answer", "provider", c.Provider), 2)
	}
	if c.saved != "" {
		lines = append(lines, c.Theme.Dim(c.T("code.saved")))
		path := unbroken(c.saved, width)
		for _, l := range path[:min(len(path), 3)] {
			lines = append(lines, c.Theme.Dim(l))
		}
	}
	if len(lines) > 0 {
		lines = append([]string{""}, lines...)
	}
	return append(append(lines, ""), wrap(c.lastCheck(), width)...)
}

// size is "columns x rows" as people write it.
func size(columns, rows int) string { return strconv.Itoa(columns) + "x" + strconv.Itoa(rows) }
