package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

// noticed is what a person is told of each notice, by its code: in English and
// in Swedish. A test looks for codes that are missing here.
var noticed = map[string]struct{ english, swedish string }{
	"cancellation_requested": {
		"An administrator of your organisation asks you to cancel this subscription. You are free to say no.",
		"En administratör i din organisation ber dig säga upp det här abonnemanget. Du får säga nej.",
	},
	"cancellation_request_withdrawn": {
		"You need not answer the request to cancel this subscription any more: it was withdrawn.",
		"Du behöver inte längre svara på begäran om att säga upp det här abonnemanget: den har återkallats.",
	},
	"cancellation_request_accepted": {
		"Your request to cancel this subscription was accepted.",
		"Din begäran om att säga upp det här abonnemanget har godtagits.",
	},
	"cancellation_request_declined": {
		"Your request to cancel this subscription was declined.",
		"Din begäran om att säga upp det här abonnemanget har avböjts.",
	},
	"cancellation_request_expired": {
		"Your request to cancel this subscription has expired: nobody answered in time, or the subscription ended first.",
		"Din begäran om att säga upp det här abonnemanget har gått ut: ingen svarade i tid, eller så upphörde abonnemanget först.",
	},
	"price_change_announced": {
		"The price of this subscription changes when it is renewed. Look at it to see what the next term costs; turn recurring billing off before then if you do not want it.",
		"Priset för det här abonnemanget ändras när det förnyas. Titta på det för att se vad nästa period kostar; stäng av återkommande fakturering innan dess om du inte vill ha den.",
	},
	"payment_failed": {
		"The next term of this subscription could not be paid. Pay the bill that is open, or give another card, before everybody loses access.",
		"Nästa period av det här abonnemanget kunde inte betalas. Betala den öppna fakturan eller ange ett annat kort innan alla förlorar åtkomst.",
	},
	"payment_reminder": {
		"This subscription is still not paid. Pay the bill that is open, or give another card.",
		"Det här abonnemanget är fortfarande inte betalt. Betala den öppna fakturan eller ange ett annat kort.",
	},
	"subscription_suspended": {
		"This subscription is suspended, and nobody can use it, until the bill that is open is paid.",
		"Det här abonnemanget är spärrat, och ingen kan använda det, tills den öppna fakturan är betald.",
	},
	"subscription_resumed": {
		"This subscription is paid, and everybody can use it again.",
		"Det här abonnemanget är betalt och alla kan använda det igen.",
	},
	"payment_charged_back": {
		"Your bank took a payment for this subscription back, so it has ended. Reactivate it if that was a mistake.",
		"Din bank tog tillbaka en betalning för det här abonnemanget, så det har upphört. Återaktivera det om det var ett misstag.",
	},
	"payment_credited": {
		"Support gives you back some of what you paid for this subscription. It goes to the card that was charged.",
		"Supporten ger dig tillbaka en del av det du betalade för det här abonnemanget. Det går till kortet som debiterades.",
	},
	"card_expired": {
		"A card of yours that pays for a subscription has expired. Give another, or say until when the new one of the same number is good, before the next term is charged.",
		"Ett av dina kort som betalar för ett abonnemang har gått ut. Ange ett annat, eller hur länge det nya med samma nummer gäller, innan nästa period debiteras.",
	},
	"license_request_approved": {
		"Your licence request was approved.",
		"Din licensbegäran har godkänts.",
	},
	"license_request_partly_approved": {
		"Your licence request was approved for some of the people it names.",
		"Din licensbegäran har godkänts för några av personerna som den anger.",
	},
	"license_request_denied": {
		"Your licence request was denied.",
		"Din licensbegäran har avslagits.",
	},
	"control_taken": {
		"An administrator has taken control of this subscription. It comes to its end, and you cannot change it any more.",
		"En administratör har tagit över det här abonnemanget. Det är på väg att upphöra och du kan inte längre ändra det.",
	},
	"cancelled_by_takeover": {
		"The administrator who took control of this subscription has cancelled it. Within seven days of its start or renewal, the days that are left are paid back to your card.",
		"Administratören som tog över det här abonnemanget har sagt upp det. Inom sju dagar efter start eller förnyelse återbetalas dagarna som återstår till ditt kort.",
	},
	"cancelled_by_support": {
		"Support has cancelled this subscription at your organisation's request. Nobody can use it any more.",
		"Supporten har sagt upp det här abonnemanget på din organisations begäran. Ingen kan längre använda det.",
	},
}

type (
	noticesInput struct {
		Reading
		Paging
		Language string `header:"Accept-Language" doc:"English or Swedish." example:"sv"`
	}
	noticesOutput struct {
		Language string `header:"Content-Language"`
		Body     v1.Notices
	}
)

func (s *Server) registerNotices(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-notices", Method: http.MethodGet, Path: "/v1/notices", Tags: []string{"Notices"},
		Summary:     "What you should know of",
		Description: "What others did that concerns whoever asks, newest first.",
	}, s.listNotices)
}

func (s *Server) listNotices(ctx context.Context, who commands.Principal, in *noticesInput) (*noticesOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.NoticesView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewNotices(s.Projector).List(ctx, who.Tenant, who.Person, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &noticesOutput{Language: languageOf(in.Language), Body: v1.Notices{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}}
	for _, n := range page.Items {
		text := noticed[n.Code].english
		if out.Language == "sv" {
			text = noticed[n.Code].swedish
		}
		out.Body.Items = append(out.Body.Items, v1.Notice{
			ID: n.ID, At: n.At, Code: n.Code, Text: text, SubscriptionID: n.Subscription, RequestID: n.Request,
		})
	}
	return out, nil
}
