package mail_test

import (
	"testing"
	"time"

	. "kassa/domain/domaintest"
	"kassa/domain/mail"
)

type (
	is    = Case[mail.Command, mail.Event]
	facts = []mail.Event
)

func TestOneThingBecomesOfAMail(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	of := mail.Of{Mail: "m1", Fact: "f1", Person: "ann", Code: "receipt"}
	sent := mail.Sent{Of: of, Language: "sv", At: at}
	failed := mail.Failed{Of: of, Reply: 550, Enhanced: "5.1.1", At: at}
	skipped := mail.Skipped{Of: of, Cause: mail.SkipErased, At: at}
	send, fail, skip := mail.Send(sent), mail.Fail(failed), mail.Skip(skipped)
	Run(t, mail.Decider, []is{
		{Name: "it is sent", When: send, Then: facts{sent}},
		{Name: "or refused for good", When: fail, Then: facts{failed}},
		{Name: "or nobody is to get it", When: skip, Then: facts{skipped}},
		{Name: "what was sent stays sent", Given: facts{sent}, When: fail},
		{Name: "what was refused is not sent", Given: facts{failed}, When: send},
		{Name: "what was skipped is not sent", Given: facts{skipped}, When: send},
		{Name: "nor skipped once it is sent", Given: facts{sent}, When: skip},
		{Name: "mail begins", When: mail.Start{At: at}, Then: facts{mail.Started{At: at}}},
		{Name: "once", Given: facts{mail.Started{At: at}}, When: mail.Start{At: at.AddDate(1, 0, 0)}},
	})
}
