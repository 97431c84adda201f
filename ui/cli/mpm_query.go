package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"cashier/api"
	"cashier/ui/words"
)

// question is what the flags of mpm query say.
type question struct{ provider, reference, partner, external, amount string }

func (a *app) mpmQueryCommand() *cobra.Command {
	var q question
	cmd := &cobra.Command{
		Use:   "query [--provider NAME]",
		Short: "Ask once what became of a payment made elsewhere",
		Long: `Asks a provider once what became of a payment that was made elsewhere, by the
references that are known of it, and keeps the answer in the journal. No money
is moved. Without --provider the one is asked that can be asked with these
references; where several can, they are named.

Paydia (issuer side) needs one of the three references, Finnet --reference and
--amount. What is odd about an answer is marked with !; an answer that may be
another payment's is kept as parked: it proves nothing.

Exit codes: 0 the provider answered, whatever became of the payment; 2 a
reference is missing; 3 config, credentials or the customer's consent; 4 it
refuses the question; 5 it did not answer, or not clearly.`,
		Args: noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&q.provider, "provider", "", "`NAME` of the provider in the profile (default: the one that fits)")
	f.StringVar(&q.reference, "reference", "", "the provider's `REFERENCE` (originalReferenceNo)")
	f.StringVar(&q.partner, "partner-reference", "", "the partner's `REFERENCE` (originalPartnerReferenceNo)")
	f.StringVar(&q.external, "external-id", "", "the payment's X-EXTERNAL-ID, `ID` (originalExternalId)")
	f.StringVar(&q.amount, "amount", "", "rupiah: digits, optionally .dd (`12500`)")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		key, err := q.key()
		if err != nil {
			return err
		}
		return a.at(cmd.Context(), func(s *station) error { return a.lookUp(cmd.Context(), s, q.provider, key) })
	})
	return cmd
}

// key reads the flags. Lengths are the providers' to say.
func (q question) key() (api.LookupKey, error) {
	for _, f := range []struct{ flag, text string }{
		{"--reference", q.reference}, {"--partner-reference", q.partner}, {"--external-id", q.external},
	} {
		if api.Clean(f.text, len(f.text)) != f.text {
			return api.LookupKey{}, usagef("%s holds a character that cannot be shown", f.flag)
		}
	}
	key := api.LookupKey{Reference: api.Reference(q.partner), ProviderReference: api.Text(q.reference), ExternalID: q.external}
	if q.amount == "" {
		return key, nil
	}
	var err error
	key.Amount, err = amountFlag("--amount", q.amount)
	return key, err
}

func (a *app) lookUp(ctx context.Context, s *station, provider string, key api.LookupKey) error {
	l, err := s.lookupProvider(provider, key)
	if err != nil {
		return err
	}
	if err := l.askable(); err != nil {
		return err
	}
	tx, answer, err := s.till.Look(ctx, l.Name(), key)
	if err != nil {
		return err
	}
	if answer.Class == api.Done {
		if answer.Warning != "" {
			a.warn(answer.Warning)
		}
		return a.answerTransaction(ctx, s, tx)
	}
	silence := a.noLookup(l.endpoint, answer)
	if ctx.Err() != nil {
		silence.exit = exitInterrupted
	}
	if tx.Revision == 0 { // it was never told of before: nothing is kept
		return silence
	}
	a.tellFailure(silence)
	a.exit = silence.exit
	return a.answerTransaction(ctx, s, tx)
}

// noLookup is a question that says nothing of the payment: nobody answered, or
// the question was refused.
func (a *app) noLookup(e api.Endpoint, answer api.Answer) *failure {
	f := &failure{exit: exitOpen, code: answer.Key(), err: answer.Err}
	if f.code == "" {
		f.code = api.ReasonUnclear
	}
	advice, _ := a.words.Advice(e.Dialect, "51", answer.Key())
	f.advice = advice.String()
	switch {
	case answer.Err != nil:
		f.message = fmt.Sprintf("%s did not answer: %s", e.Name, api.Clean(answer.Err.Error(), 300))
	case answer.Class == api.Failed:
		f.message = fmt.Sprintf("%s refused the question: %s %s", e.Name, answer.Code, answer.Message)
	default:
		f.message = fmt.Sprintf("%s did not say: %s %s", e.Name, answer.Code, answer.Message)
	}
	if reason := answer.Key(); words.Has(words.Key("trouble." + reason + ".means")) {
		f.advice = a.trouble(reason, e.Name).String()
	}
	lack, consent := errors.AsType[*api.ConsentError](answer.Err)
	switch http := answer.Code.HTTP; {
	case consent:
		f.exit, f.code, f.message, f.advice = exitConfig, "consent", api.Clean(lack.Error(), 300), a.consentAdvice(lack)
	case answer.Reason == api.ReasonRequest && answer.Err != nil: // the references fit: it is the profile
		f.exit, f.message = exitConfig, fmt.Sprintf("the config of %s does not fit its document: %s", e.Name, api.Clean(answer.Err.Error(), 300))
	case answer.Reason == api.ReasonToken && answer.HTTPStatus == 0 && answer.Err != nil: // a secret that cannot be read
		f.exit, f.message = exitConfig, fmt.Sprintf("no access token for %s: %s", e.Name, api.Clean(answer.Err.Error(), 300))
	case http == unauthorized:
		f.exit = exitConfig
	case answer.Class == api.Failed && http != tooMany && http < 500:
		f.exit = exitEnded
	}
	return f
}

const (
	unauthorized = http.StatusUnauthorized
	tooMany      = http.StatusTooManyRequests
)

// trouble is what a reason without an answer means.
func (a *app) trouble(reason, provider string) words.Advice {
	tell := func(part string) string { return a.words.T(words.Key("trouble."+reason+part), "provider", provider) }
	return words.Advice{Means: tell(".means"), Money: tell(".money"), Do: tell(".do")}
}

// consentAdvice is what to do when the customer has to consent again.
func (a *app) consentAdvice(lack *api.ConsentError) string {
	means := a.words.T(words.Key("consent."+string(lack.Lack)), "provider", lack.Provider)
	if !lack.Ended.IsZero() {
		means += " " + a.words.T("consent.ended", "time", localTime(lack.Ended))
	}
	return strings.Join([]string{means, a.words.T("trouble.token.money"), a.words.T("consent.do")}, " ")
}
