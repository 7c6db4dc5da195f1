// Package notice has the words of notices: what a person is told of what happened,
// by its code, in English and in Swedish. The API shows them and mail brings them.
// Who is told what is decided by the view of notices, never here.
package notice

import (
	"maps"
	"slices"
)

// Words are what is told: a line that says what it is about, and the whole.
type Words struct{ Subject, Text string }

// Told are the words of a code in a language, en or sv.
func Told(code, language string) Words {
	if language == "sv" {
		return told[code].swedish
	}
	return told[code].english
}

// Codes are all that there are words for.
func Codes() []string { return slices.Sorted(maps.Keys(told)) }

// told is every code that the view makes, in the order of a subscription's life. A
// test looks for codes that are missing here.
var told = map[string]struct{ english, swedish Words }{
	"receipt": {
		Words{"Receipt", "Thank you. Your card was charged, and the bill is paid."},
		Words{"Kvitto", "Tack. Ditt kort har debiterats och fakturan är betald."},
	},
	"refund": {
		Words{"Refund", "You were paid back to the card that was charged. Your bank may take some days to show it."},
		Words{"Återbetalning", "Pengarna har återbetalats till kortet som debiterades. Det kan ta några dagar innan din bank visar det."},
	},
	"refund_failed": {
		Words{"Your refund goes another way", "A refund could not be paid to the card that was charged. You get it by other means."},
		Words{"Din återbetalning görs på annat sätt", "En återbetalning kunde inte göras till kortet som debiterades. Du får den på annat sätt."},
	},
	"price_change_announced": {
		Words{"The price of your subscription changes", "The price of this subscription changes when it is renewed. Look at it to see what the next term costs; turn recurring billing off before then if you do not want it."},
		Words{"Priset för ditt abonnemang ändras", "Priset för det här abonnemanget ändras när det förnyas. Titta på det för att se vad nästa period kostar; stäng av återkommande debitering innan dess om du inte vill ha den."},
	},
	"payment_failed": {
		Words{"Your payment failed", "A payment for this subscription could not be made. Pay the bill that is open, or give another card, before everybody loses access."},
		Words{"Din betalning misslyckades", "En betalning för det här abonnemanget kunde inte göras. Betala den öppna fakturan eller ange ett annat kort innan alla förlorar åtkomst."},
	},
	"payment_reminder": {
		Words{"Reminder: a payment is missing", "This subscription is still not paid. Pay the bill that is open, or give another card."},
		Words{"Påminnelse: en betalning saknas", "Det här abonnemanget är fortfarande inte betalt. Betala den öppna fakturan eller ange ett annat kort."},
	},
	"subscription_suspended": {
		Words{"Your subscription is suspended", "This subscription is suspended, and nobody can use it, until the bill that is open is paid."},
		Words{"Ditt abonnemang är spärrat", "Det här abonnemanget är spärrat, och ingen kan använda det, tills den öppna fakturan är betald."},
	},
	"subscription_resumed": {
		Words{"Your subscription works again", "This subscription is paid, and everybody can use it again."},
		Words{"Ditt abonnemang fungerar igen", "Det här abonnemanget är betalt och alla kan använda det igen."},
	},
	"payment_charged_back": {
		Words{"Your bank took a payment back", "Your bank took a payment for this subscription back, so it has ended. Reactivate it if that was a mistake."},
		Words{"Din bank tog tillbaka en betalning", "Din bank tog tillbaka en betalning för det här abonnemanget, så det har upphört. Återaktivera det om det var ett misstag."},
	},
	"payment_credited": {
		Words{"You get some of a payment back", "Support gives you back some of what you paid for this subscription. It goes to the card that was charged."},
		Words{"Du får tillbaka en del av en betalning", "Supporten ger dig tillbaka en del av det du betalade för det här abonnemanget. Det går till kortet som debiterades."},
	},
	"card_expired": {
		Words{"Your card has expired", "A card of yours that pays for a subscription has expired. Give another, or say until when the new one of the same number is good, before the next term is charged."},
		Words{"Ditt kort har gått ut", "Ett av dina kort som betalar för ett abonnemang har gått ut. Ange ett annat, eller hur länge det nya med samma nummer gäller, innan nästa period debiteras."},
	},
	"ended_unpaid": {
		Words{"Your subscription has ended", "This subscription has ended because it was not paid, and nobody can use it any more. Reactivate it while you can, if you still need it."},
		Words{"Ditt abonnemang har upphört", "Det här abonnemanget har upphört eftersom det inte betalades, och ingen kan längre använda det. Återaktivera det medan det går, om du fortfarande behöver det."},
	},
	"recurring_billing_off": {
		Words{"Recurring billing is off", "Recurring billing of this subscription is off. Everything works until its term ends, and nothing more is charged."},
		Words{"Återkommande debitering är avstängd", "Återkommande debitering av det här abonnemanget är avstängd. Allt fungerar till periodens slut, och inget mer debiteras."},
	},
	"trial_ending": {
		Words{"Your trial ends soon", "Your trial ends soon. With a payment method it then becomes a paid subscription, unless you cancel it before; without one it just ends."},
		Words{"Din provperiod är snart slut", "Din provperiod är snart slut. Med ett betalningssätt blir den då ett betalt abonnemang, om du inte säger upp den innan; utan upphör den bara."},
	},
	"trial_converted": {
		Words{"Your trial is a subscription now", "Your trial has become a paid subscription. You can cancel it within seven days."},
		Words{"Din provperiod har blivit ett abonnemang", "Din provperiod har blivit ett betalt abonnemang. Du kan säga upp det inom sju dagar."},
	},
	"trial_ended": {
		Words{"Your trial has ended", "Your trial has ended. Buy the product if you want to go on with it."},
		Words{"Din provperiod är slut", "Din provperiod är slut. Köp produkten om du vill fortsätta med den."},
	},
	"cancelled_by_purchaser": {
		Words{"You have cancelled", "You have cancelled this subscription, and nobody can use it any more. What is left of it, if anything, is paid back to the card that was charged."},
		Words{"Du har sagt upp", "Du har sagt upp det här abonnemanget, och ingen kan längre använda det. Det som återstår av det, om något, återbetalas till kortet som debiterades."},
	},
	"cancelled_by_support": {
		Words{"Support has cancelled your subscription", "Support has cancelled this subscription at your organisation's request. Nobody can use it any more."},
		Words{"Supporten har sagt upp ditt abonnemang", "Supporten har sagt upp det här abonnemanget på din organisations begäran. Ingen kan längre använda det."},
	},
	"cancelled_by_takeover": {
		Words{"Your subscription was cancelled", "The administrator who took control of this subscription has cancelled it. Within seven days of its start or renewal, the days that are left are paid back to your card."},
		Words{"Ditt abonnemang har sagts upp", "Administratören som tog över det här abonnemanget har sagt upp det. Inom sju dagar efter start eller förnyelse återbetalas dagarna som återstår till ditt kort."},
	},
	"control_taken": {
		Words{"An administrator takes control of your subscription", "An administrator has taken control of this subscription. It comes to its end, and you cannot change it any more."},
		Words{"En administratör tar över ditt abonnemang", "En administratör har tagit över det här abonnemanget. Det är på väg att upphöra och du kan inte längre ändra det."},
	},
	"cancellation_requested": {
		Words{"Please cancel a subscription", "An administrator of your organisation asks you to cancel this subscription. You are free to say no."},
		Words{"Någon ber dig säga upp ett abonnemang", "En administratör i din organisation ber dig säga upp det här abonnemanget. Du får säga nej."},
	},
	"cancellation_request_accepted": {
		Words{"Your request was accepted", "Your request to cancel this subscription was accepted."},
		Words{"Din begäran har godtagits", "Din begäran om att säga upp det här abonnemanget har godtagits."},
	},
	"cancellation_request_declined": {
		Words{"Your request was declined", "Your request to cancel this subscription was declined."},
		Words{"Din begäran har avböjts", "Din begäran om att säga upp det här abonnemanget har avböjts."},
	},
	"cancellation_request_withdrawn": {
		Words{"A request was withdrawn", "You need not answer the request to cancel this subscription any more: it was withdrawn."},
		Words{"En begäran har återkallats", "Du behöver inte längre svara på begäran om att säga upp det här abonnemanget: den har återkallats."},
	},
	"cancellation_request_expired": {
		Words{"Your request has expired", "Your request to cancel this subscription has expired: nobody answered in time, or the subscription ended first."},
		Words{"Din begäran har gått ut", "Din begäran om att säga upp det här abonnemanget har gått ut: ingen svarade i tid, eller så upphörde abonnemanget först."},
	},
	"license_request_approved": {
		Words{"Your licence request was approved", "Your licence request was approved."},
		Words{"Din licensbegäran har godkänts", "Din licensbegäran har godkänts."},
	},
	"license_request_partly_approved": {
		Words{"Your licence request was approved in part", "Your licence request was approved for some of the people it names."},
		Words{"Din licensbegäran har delvis godkänts", "Din licensbegäran har godkänts för några av personerna som den anger."},
	},
	"license_request_denied": {
		Words{"Your licence request was denied", "Your licence request was denied."},
		Words{"Din licensbegäran har avslagits", "Din licensbegäran har avslagits."},
	},
}
