package api

import (
	"kassa/commands"
	"kassa/domain"
	"kassa/domain/autoclaim"
	"kassa/domain/cancelreq"
	"kassa/domain/centralisation"
	"kassa/domain/claim"
	"kassa/domain/invoice"
	"kassa/domain/license"
	"kassa/domain/licreq"
	"kassa/domain/partner"
	"kassa/domain/paymentmethod"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/support"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/durable"
	"kassa/services/identity"
	"kassa/services/importer"
	"kassa/services/payments"
	"kassa/services/vault"
)

// sentence is an error that can reach a person, with its message in Swedish.
// The English one stands where the error is declared.
type sentence struct {
	err     *domain.Error
	swedish string
}

// told is everything that this API may have to tell a person, in the order in
// which the page of documentation shows it. A test looks for errors that are
// missing here.
var told = []sentence{
	// Why a person may not buy (R20).
	{domain.ErrTenantUnknown, "Vi känner inte till den här organisationen. Logga in med kontot som din organisation gav dig."},
	{domain.ErrTenantKind, "Personer i myndigheter och skolor kan inte köpa själva. Kontakta din IT-administratör."},
	{domain.ErrTenantUnmanaged, "Din organisations katalog saknar administratör, så inget kan köpas i den. Kontakta din IT-administratör."},
	{domain.ErrPersonUnknown, "Vi känner inte till den här personen. Kontrollera adressen, eller logga in med kontot som din organisation gav dig."},
	{domain.ErrCannotVerify, "Vi kan inte kontrollera ditt konto hos din organisation just nu. Försök igen om en stund."},
	{domain.ErrGuest, "Du är gäst i den här organisationen och gäster kan inte köpa här. Logga in i din egen organisation i stället."},
	{domain.ErrAccountDisabled, "Ditt konto är inaktiverat. Kontakta din IT-administratör."},
	{domain.ErrProductEndOfSale, "Den här produkten säljs inte längre. Välj en annan produkt."},
	{domain.ErrProductNotEligible, "Den här produkten kan inte köpas här. Välj en annan produkt eller kontakta din IT-administratör."},
	{domain.ErrMarketNotEligible, "Den här produkten kan du inte köpa själv i ditt land eller din region. Kontakta din IT-administratör."},
	{domain.ErrProductBlocked, "Din organisation tillåter inte den här produkten. Kontakta din IT-administratör."},
	{domain.ErrPolicyDisabled, "Din organisation låter inte personer köpa den här produkten själva. Kontakta din IT-administratör."},
	{domain.ErrPolicyTrialsOnly, "Din organisation tillåter bara provperioder av den här produkten, och bara utan betalningssätt. Kontakta din IT-administratör."},
	{domain.ErrTrialNotOffered, "Produkten kan inte provas på det sättet. Prova den med ett betalningssätt, eller köp den."},
	{domain.ErrTrialUsed, "Du har redan provat den här produkten, och var och en kan prova en produkt en gång. Köp den i stället."},
	{domain.ErrNotBillingAdmin, "Bara en global administratör eller faktureringsadministratör kan köpa åt organisationen. Be en av dem."},

	// What is wrong with an order.
	{product.ErrUnknown, "Det finns ingen sådan produkt i katalogen. Kontrollera produktens id."},
	{domain.ErrMarketUnknown, "Ange marknaden som en landskod med två bokstäver, till exempel SE."},
	{domain.ErrChannelUnknown, "Ange kanalen som self-service eller central."},
	{commands.ErrEntryPointUnknown, "Ange startpunkten som website eller in_app."},
	{commands.ErrKindUnknown, "Ange slaget som paid eller trial; bara en provperiod kan behöva ett betalningssätt utan att betalas."},
	{purchase.ErrTrialCentral, "Bara personer själva kan prova en produkt. Utelämna kanalen, eller köp."},
	{commands.ErrFrequencyUnavailable, "Produkten säljs inte med betalningar av den längden på den här marknaden. Utelämna frekvensen för att betala hela perioden på en gång."},
	{commands.ErrCurrencyMismatch, "Produkten säljs inte i den valutan på den här marknaden. Utelämna valutan eller välj en annan marknad."},
	{errRealmMismatch, "Adressen hör till en annan organisation än den du är inloggad i. Logga in med den adressen eller utelämna den."},
	{domain.ErrCurrencyUnknown, "Ange valutan som en ISO 4217-kod med tre bokstäver, till exempel SEK."},
	{domain.ErrAmountTooLarge, "Beloppet är större än vad som kan faktureras. Beställ mindre."},
	{purchase.ErrNoPrice, "Produkten har inget pris på den här marknaden. Välj en annan marknad eller kontakta din IT-administratör."},
	{purchase.ErrQuantityInvalid, "Beställ minst en licens."},
	{purchase.ErrQuantityTooLarge, "Det är fler licenser än vad ett köp får ha. Beställ färre."},
	{purchase.ErrUnknown, "Det finns inget sådant köp. Kontrollera numret."},
	{purchase.ErrRefused, "Köpet nekades och kan inte fortsätta. Starta ett nytt när orsaken är borta."},
	{purchase.ErrQuoteExpired, "Priset gäller inte längre. Starta ett nytt köp för att se det aktuella priset."},
	{purchase.ErrTerms, "Godkänn villkoren och integritetsmeddelandet för att fortsätta."},
	{purchase.ErrTermsVersion, "Ange villkoren och integritetsmeddelandet med deras versioner, till exempel 2026-01: högst 12 bokstäver, siffror, punkter och bindestreck."},
	{purchase.ErrOtherCard, "Köpet betalas eller har betalats med ett annat kort. Titta på köpet innan du försöker med det här."},
	{commands.ErrProvisionDelayed, "Köpet är betalt, men prenumerationen får vänta tills uppgifterna om din organisation har rättats. Kontakta din IT-administratör."},
	{purchase.ErrUnexpected, "Ingen betalning väntas för det här försöket. Titta på köpet igen."},

	// Payment.
	{errDay, "Ange en dag som år, månad och dag, till exempel 2026-01-31."},
	{invoice.ErrUnknown, "Det finns ingen sådan räkning. Kontrollera numret."},
	{purchase.ErrNoInvoice, "Betalning mot faktura stöds inte. Betala med kreditkort."},
	{purchase.ErrPaymentKind, "Betalningssättet stöds inte. Betala med kreditkort, eller via avtalet när du köper åt organisationen."},
	{purchase.ErrPaymentNotNeeded, "Provperioden behöver inget betalningssätt. Utelämna det."},
	{domain.ErrCard, "Ange kortets token från betalningssidan, aldrig kortnumret."},
	{paymentmethod.ErrAnother, "Det är inget av dina kort. Visa dina kort, eller lägg till det här först."},
	{paymentmethod.ErrGone, "Kortet har tagits bort eller ersatts, så inget debiteras det. Välj ett annat eller lägg till det igen."},
	{paymentmethod.ErrExpired, "Kortet har gått ut och inget har debiterats. Välj ett annat, eller ange hur länge det nya med samma nummer gäller."},
	{paymentmethod.ErrOnly, "Det är det enda kort som kan betala för det du fortfarande abonnerar på. Lägg till ett annat först, ersätt det eller stäng av återkommande debitering."},
	{paymentmethod.ErrExpiry, "Ange månaden, från 1 till 12, och året, med fyra siffror, som kortet gäller till; tiden får inte ha gått ut."},
	{payments.ErrCardUnknown, "Betaltjänsten känner inte till kortets token. Lägg till kortet igen."},
	{payments.ErrCardNumber, "Det här ser ut som ett kortnummer. Lämna betaltjänstens token i stället; Kassa tar aldrig emot kortnummer."},
	{payments.ErrTimeout, "Betaltjänsten har inte svarat, så det är ännu inte känt om kortet debiterades. Försök igen; du debiteras inte två gånger."},
	{payments.ErrUnavailable, "Betaltjänsten är inte tillgänglig. Inget har debiterats eller återbetalats; försök igen om en stund."},
	{payments.ErrKeyReused, "Betalningen har redan begärts med ett annat kort eller belopp. Starta en ny betalning."},
	{payments.ErrKey, "En betalning behöver en idempotensnyckel på 1 till 255 byte."},
	{payments.ErrAmount, "En betalning behöver ett positivt belopp i en ISO 4217-valuta."},
	{payments.ErrRefundTimeout, "Betaltjänsten har inte svarat, så det är ännu inte känt om återbetalningen gjordes. Försök igen; den görs inte två gånger."},
	{payments.ErrRefundTooLarge, "Återbetalningen är större än vad som finns kvar av betalningen. Återbetala mindre."},
	{payments.ErrRefundKeyReused, "Återbetalningen har redan begärts med en annan betalning eller ett annat belopp. Starta en ny återbetalning."},
	{payments.ErrCardRefused, "Kortets bank låter det inte användas här. Använd ett annat kort eller fråga banken."},
	{payments.ErrCardUnconfirmed, "Kortets bank vill att du bekräftar kortet först. Lägg till kortet igen och bekräfta det, eller använd ett annat."},
	{payments.ErrAmountNotTaken, "Betaltjänsten tar inte emot just det här beloppet: det är för litet, för stort eller inte i de steg som den tar valutan i. Välj ett annat belopp."},
	{payments.ErrSignature, "Det här kommer inte från betaltjänsten, eller är för gammalt. Skicka det igen med en signatur från nu; kontrollera webhookens hemlighet."},
	{payments.ErrChargeUnknown, "Betaltjänsten känner inte till någon sådan betalning, så det finns inget att återbetala. Kontrollera dess referens."},
	{purchase.ErrNotCompleted, "Köpet är inte slutfört, så det har inget kort att byta ut. Skicka in det med kortet som ska betala."},
	{errCardDeclined, "Kortet nekades och inget har debiterats. Använd ett annat kort eller fråga din bank."},
	{errCardExpired, "Kortet har gått ut och inget har debiterats. Använd ett annat kort."},
	{errNoFunds, "Det finns inte tillräckligt med pengar på kortets konto och inget har debiterats. Använd ett annat kort."},
	{errProcessing, "Betalningen kunde inte genomföras och inget har debiterats. Försök igen med samma kort eller ett annat."},
	{errAuthentication, "Kortets bank vill att du bekräftar betalningen, och inget har debiterats. Lägg till kortet igen och bekräfta det, eller använd ett annat."},

	// Licences.
	{license.ErrOtherTenant, "Licenser kan bara tilldelas personer i organisationen som har abonnemanget. Välj någon där."},
	{license.ErrUnknown, "Personen har aldrig haft en licens i det här abonnemanget. Kontrollera vem du menar."},
	{subscription.ErrUnknown, "Det finns inget sådant abonnemang. Kontrollera dess id."},
	{subscription.ErrEnded, "Abonnemanget har upphört, så dess licenser kan inte tilldelas. Köp ett nytt."},
	{subscription.ErrSuspended, "Abonnemanget är spärrat tills det är betalt, så dess licenser kan inte tilldelas. Betala den öppna fakturan, eller be den som köpte det att göra det."},
	{commands.ErrNotCharged, "Ingenting är känt, eller ännu inte, som den här betalningen gällde. Försök igen senare eller fråga betaltjänsten."},
	{ErrRealBank, "Bara betalarens bank tar tillbaka en betalning. Använd den simulerade betaltjänsten för att prova vad som händer då."},
	{subscription.ErrNoSeat, "Alla licenser i abonnemanget är tilldelade. Ta tillbaka en eller köp fler."},
	{subscription.ErrNotActive, "Bara ett aktivt abonnemang kan ändras. Återaktivera det eller köp ett nytt."},
	{subscription.ErrNotEnded, "Abonnemanget har inte upphört, så det finns inget att återaktivera. Använd det som det är."},
	{subscription.ErrDeleted, "Abonnemanget är borttaget och kan inte återställas. Köp ett nytt."},
	{subscription.ErrNoTrial, "Abonnemanget är ingen provperiod, eller inte längre. Använd det som det är."},
	{subscription.ErrTrialOver, "Provperioden är över och kan inte återställas. Köp produkten i stället; i trettio dagar efter slutet kan provperioden fortfarande göras om till ett köp."},
	{subscription.ErrTrialExtended, "Provperioden har redan förlängts, och det går en gång. Gör om den till ett köp för att fortsätta efter slutet."},
	{subscription.ErrTrialEarly, "En provperiod kan förlängas bara under de femton dagarna före slutet. Försök igen då."},
	{subscription.ErrTrialSeats, "En provperiod behåller licenserna som den började med. Gör om den till ett köp för att ändra hur många de är."},
	{subscription.ErrTrialFree, "Provperioden behöver inget betalningssätt och blir aldrig betald av sig själv. Gör om den till ett köp i stället."},
	{subscription.ErrNoCard, "Det finns inget kort att debitera. Ange ett."},
	{subscription.ErrSeats, "Ange hur många licenser: minst en."},
	{subscription.ErrTooManySeats, "Det är fler licenser än vad ett abonnemang får ha. Beställ färre."},
	{subscription.ErrLastSeat, "Ett abonnemang har minst en licens. Säg upp det, eller stäng av återkommande debitering, om ingen behövs."},
	{subscription.ErrSeatsAssigned, "Fler licenser är tilldelade än vad som skulle bli kvar. Ta tillbaka några först."},
	{subscription.ErrNoReduction, "Det är inte färre licenser än vad som finns. Ange ett mindre antal, eller köp fler nu."},
	{subscription.ErrSeatsSettled, "Licenser kan lämnas tillbaka mot återbetalning bara inom sju dagar efter att de betalades. Ta bort dem från nästa period i stället."},
	{subscription.ErrNoChange, "Ingen sådan ändring är planerad. Titta på abonnemanget igen."},
	{subscription.ErrBillingOff, "Licenser kan tas bort bara medan återkommande debitering är på. Slå på den först."},
	{subscription.ErrWindowClosed, "Ett abonnemang kan sägas upp mot återbetalning bara inom sju dagar efter start eller förnyelse. Stäng av återkommande debitering i stället: allt fungerar till periodens slut, och ingen mer period debiteras."},
	{subscription.ErrReason, "Ange ett av de listade skälen till uppsägning. Allt annat hör hemma i omdömet."},
	{subscription.ErrFeedback, "Ange omdömets id, aldrig dess text."},
	{subscription.ErrNothingToPay, "Det finns ingen obetald period som fortfarande kan betalas. Titta på dina räkningar; det som har upphört kan återaktiveras."},
	{subscription.ErrChargePending, "En betalning för abonnemanget pågår. Försök igen när den är klar."},
	{subscription.ErrChargeUnexpected, "Ingen sådan betalning väntas. Titta på abonnemanget igen."},
	{subscription.ErrCreditReason, "Ange orsaken som goodwill, outage eller billing_error."},
	{subscription.ErrCreditAmount, "Ange ett belopp över noll, i räkningens valuta."},
	{subscription.ErrCreditTooLarge, "Det är mer än vad som återstår av det som betalades för räkningen. Ge tillbaka mindre."},
	{subscription.ErrNotPaid, "Inget kort har debiterats för räkningen, så det finns inget att ge tillbaka. Kontrollera numret."},
	{subscription.ErrRefundUnexpected, "Ingen sådan återbetalning väntas. Titta på abonnemanget igen."},
	{commands.ErrSeatsAmbiguous, "Ange antingen hur många licenser det ska vara, eller hur många fler eller färre. Utelämna det andra."},
	{commands.ErrNoIncrease, "Det är inte fler licenser än vad som finns. Ange ett större antal."},
	{cancelreq.ErrUnknown, "Det finns ingen sådan begäran om uppsägning. Kontrollera dess id."},
	{cancelreq.ErrOpen, "Det finns redan en begäran om att säga upp abonnemanget. Vänta på svaret eller återkalla den."},
	{cancelreq.ErrClosed, "Begäran om uppsägning är redan besvarad, återkallad eller har gått ut. Titta på den igen."},
	{cancelreq.ErrCentral, "Organisationen köpte abonnemanget själv, så det finns ingen att fråga. Säg upp det, eller stäng av återkommande debitering."},
	{cancelreq.ErrEnded, "Abonnemanget är inte längre aktivt, så det finns inget att säga upp."},
	{cancelreq.ErrTo, "Ange vem som ska tillfrågas: purchaser eller support."},
	{cancelreq.ErrReason, "Ange ett av de listade skälen till att begära uppsägning."},
	{cancelreq.ErrDeclined, "Ange ett av de listade skälen till att avböja."},
	{support.ErrUnknown, "Det finns inget sådant supportärende. Kontrollera dess id."},
	{support.ErrClosed, "Supportärendet är stängt. Öppna ett nytt."},
	{support.ErrTopic, "Ange ämnet som access, billing, how_to, technical eller other."},
	{support.ErrResolution, "Ange lösningen som solved, worked_around, no_fault, duplicate eller withdrawn."},
	{support.ErrPremier, "Hjälp med det som en person har köpt själv använder aldrig organisationens Premier-incidenter. Öppna ärendet utan."},
	{tenant.ErrNoPremier, "Organisationen har ingen Premier-incident kvar, eller inget Premier-avtal. Öppna ärendet utan."},
	{tenant.ErrIncidents, "Ange antalet Premier-incidenter som avtalet ger: noll eller fler."},
	{commands.ErrNotCaseOpener, "Den som köpte ett abonnemang frågar leverantörens support om det; om organisationens egna gör en global administratör, faktureringsadministratör eller tjänstsupportadministratör det. Be en av dem."},
	{errNotAssigner, "Bara administratörer som köper eller tilldelar organisationens licenser får se det här. Be en av dem."},
	{commands.ErrNotCancelAsker, "Bara en global administratör eller faktureringsadministratör får begära att något som en person har köpt sägs upp, eller återkalla det. Be en av dem."},
	{commands.ErrNotYourAnswer, "Bara den som köpte abonnemanget får svara på begäran. Be köparen."},
	{commands.ErrNotSupport, "Det här avgör bara leverantörens support. Vänta på dess svar."},
	{commands.ErrWhenUnknown, "Ange när licenserna ska tas bort: now eller renewal."},
	{commands.ErrAssigneeUnknown, "Det finns ingen med den här adressen i din katalog. Kontrollera stavningen."},
	{commands.ErrAssigneeDisabled, "Personens konto är inaktiverat. Välj någon annan, eller be din IT-administratör öppna kontot."},
	{commands.ErrAssignmentBlocked, "Din organisation tillåter inte den här produkten. Kontakta din IT-administratör."},
	{subscription.ErrControlTaken, "En administratör har tagit över abonnemanget och det är på väg att upphöra, så det kan inte ändras. Be en administratör om en annan licens."},
	{subscription.ErrNotTaken, "Ingen har tagit över abonnemanget, så inget pågår. Ta över det först."},
	{subscription.ErrNotMoving, "Ingen flyttas från abonnemanget längre. Se hur långt det har kommit."},
	{subscription.ErrNotSelfService, "Organisationen har köpt abonnemanget, så det finns inget att ta över. Ändra det som det är."},
	{subscription.ErrTakeoverEnded, "Abonnemanget har upphört, så ingen använder det och det finns inget att ta över. Det tas bort av sig självt."},
	{subscription.ErrTakeoverOption, "Ange antingen till vilket annat abonnemang personerna ska flyttas, eller att deras licenser ska sägas upp."},
	{subscription.ErrTargetSeats, "Det andra abonnemanget har för få lediga licenser för dem som ska flyttas. Köp fler där, eller välj ett annat."},
	{subscription.ErrTakeoverSeatHeld, "Personer har fortfarande licenser i abonnemanget. Vänta tills var och en är flyttad eller har förlorat sin."},
	{commands.ErrNotController, "Bara en global administratör får ta över det som en person har köpt. Be en av dem."},
	{commands.ErrTargetUnknown, "Abonnemanget att flytta personer till finns inte. Kontrollera dess id."},
	{commands.ErrTargetEnded, "Abonnemanget att flytta personer till har upphört eller är på väg att göra det, så dess licenser kan inte tilldelas. Välj ett annat."},
	{errTooManyUsers, "Högst 20 personer kan få eller förlora en licens i en begäran. Skicka resten i en annan."},
	{errEmailInvalid, "Det här är ingen e-postadress. Skriv den som namn@organisation.example."},
	{vault.ErrNoMail, "Ange en e-postadress."},
	{vault.ErrErased, "Personens uppgifter har raderats."},

	{views.ErrPersonUnknown, "Vi känner inte till den här personen. Kontrollera adressen, eller logga in med kontot som din organisation gav dig."},

	// Licence requests.
	{licreq.ErrUnknown, "Det finns ingen sådan licensbegäran. Kontrollera dess id."},
	{licreq.ErrMayBuy, "Du får köpa produkten själv, så det finns inget att be om. Köp den."},
	{licreq.ErrOwnProcess, "Din organisation har ett eget sätt att be om licenser. Gör som dess meddelande säger."},
	{licreq.ErrAlreadyAsked, "Du har redan bett om produkten och ingen har svarat än. Vänta på svaret."},
	{licreq.ErrReason, "Ange skälet som needed_for_work, collaboration, replacement, trying_out eller other."},
	{licreq.ErrNobody, "Ange vem licenserna är till."},
	{licreq.ErrTooMany, "En licensbegäran gäller högst 20 personer. Ange färre eller gör en till senare."},
	{licreq.ErrAnswered, "Någon har redan svarat på licensbegäran. Titta på den igen."},
	{licreq.ErrExpired, "Licensbegäran är mer än tolv månader gammal. Be igen om licenserna fortfarande behövs."},
	{licreq.ErrNotAsked, "Licensbegäran gäller inte en av de här personerna. Välj bland dem som den anger."},
	{licreq.ErrNotCentral, "En person köpte det här abonnemanget åt sig själv. Välj ett som organisationen har köpt."},
	{licreq.ErrOtherProduct, "Abonnemanget gäller en annan produkt än den som begärdes. Välj ett för samma produkt."},
	{licreq.ErrDenial, "Ange skälet som not_needed, too_expensive, other_product, not_allowed eller other."},
	{commands.ErrNotRequestAdmin, "Bara en global administratör, licensadministratör eller användaradministratör får svara på licensbegäranden. Be en av dem."},
	{tenantpolicy.ErrProcessMessage, "Skriv med 1 till 500 tecken, utan radbrytningar, hur era personer ber om licenser."},
	{tenantpolicy.ErrProcessLink, "Ange länken som en https-adress på högst 500 tecken, eller utelämna den."},

	// Auto-claim.
	{autoclaim.ErrNoProduct, "Automatisk tilldelning behöver en primär produkt. Ange en eller stäng av den."},
	{autoclaim.ErrTooManyBackups, "Automatisk tilldelning tar högst fyra reservprodukter. Ange färre."},
	{autoclaim.ErrTwice, "Automatisk tilldelning tar varje produkt en gång. Utelämna den andra."},
	{commands.ErrNotAutoClaimAdmin, "Bara en global administratör får ändra vem som får en licens av att öppna en produkt. Be en av dem."},
	{commands.ErrNotAutoClaimReader, "Bara en global administratör, licensadministratör, användaradministratör eller global läsare får se det här. Be en av dem."},
	{claim.ErrOff, "Din organisation ger ingen en licens för att öppna en produkt. Be om en eller kontakta din IT-administratör."},
	{claim.ErrNotCovered, "Din organisation ger ingen en licens för att öppna den här produkten. Be om en eller kontakta din IT-administratör."},
	{claim.ErrNoSeat, "Alla organisationens licenser för produkten är upptagna. Kontakta din IT-administratör."},
	{claim.ErrGuest, "Du är gäst i den här organisationen och gäster får ingen licens av att öppna en produkt. Logga in i din egen organisation i stället."},
	// Centralisation.
	{centralisation.ErrUnknown, "Det finns ingen sådan centralisering. Kontrollera dess id."},
	{centralisation.ErrOpen, "Produkten centraliseras redan. Titta på den centraliseringen, eller återkalla den först."},
	{centralisation.ErrOver, "Centraliseringen har avslutats. Starta en ny."},
	{centralisation.ErrNothing, "Ingen har en plats av produkten som köpts av någon själv, eller så har alla redan en av organisationens licenser. Det finns inget att göra."},
	{centralisation.ErrTooLarge, "Det är mer än vad en centralisering tar: 1 000 abonnemang och 4 000 personer. Ange vilka abonnemang du vill börja med."},
	{centralisation.ErrNoNeed, "Ingen väntar på en licens. Titta på hur det står till med centraliseringen."},
	{centralisation.ErrBuying, "Licenser köps just nu för centraliseringen. Vänta tills det är klart."},
	{centralisation.ErrHasTarget, "Licenser tilldelas redan. Titta på hur det står till med centraliseringen."},
	{centralisation.ErrAsked, "Köparna har tillfrågats om att säga upp. Avsluta centraliseringen i stället."},
	{centralisation.ErrUnasked, "Centraliseringen har inte kommit så långt att den kan avslutas. Återkalla den i stället."},
	{centralisation.ErrStep, "Det är inte nästa steg i centraliseringen. Kontakta supporten."},
	{commands.ErrNotCentraliser, "Bara en global administratör får centralisera det som personer har köpt själva. Be en av dem."},
	{commands.ErrNotCentralisationReader, "Bara en global administratör, en faktureringsadministratör eller en global läsare får se vad en centralisering skulle spara. Be en av dem."},
	{commands.ErrNotTarget, "Det är inget abonnemang på produkten som organisationen har köpt. Välj ett sådant, eller köp licenser."},
	{commands.ErrNotSource, "Det är inget abonnemang på produkten som någon har köpt själv. Utelämna det."},

	// Who may do what.
	{identity.ErrMissing, "Logga in först: begäran saknar en token."},
	{identity.ErrInvalid, "Din token är inte giltig här. Logga in igen."},
	{identity.ErrExpired, "Din token har gått ut. Logga in igen."},
	{errNotAdmin, "Bara en global administratör, en faktureringsadministratör eller en global läsare får se det här. Se dina egna köp, eller be en av dem."},
	{errNotUpkeeper, "Bara en operatör eller en global administratör får sköta vyerna. Be en av dem."},
	{commands.ErrZoneUnknown, "Organisationens faktureringszon är ingen IANA-tidszon som Europe/Stockholm. Be operatören att rätta den."},
	{commands.ErrNotOperator, "Bara en operatör av den här Kassa får göra det. Logga in som operatör."},
	{commands.ErrNotPolicyAdmin, "Bara en global administratör eller faktureringsadministratör får ändra köppolicyn. Be en av dem."},
	{commands.ErrNotPolicyReader, "Bara en global administratör, en faktureringsadministratör eller en global läsare får se köppolicyn. Be en av dem."},
	{commands.ErrNotEligibilityAdmin, "Bara en global administratör eller faktureringsadministratör får fråga vad någon annan kan köpa. Fråga om dig själv, eller be en av dem."},
	{commands.ErrNotCentralBuyer, "Bara en global administratör eller faktureringsadministratör får köpa enligt organisationens avtal. Köp med ditt eget kort, eller be en av dem."},
	{commands.ErrNotLicenseAdmin, "Bara en global administratör, licensadministratör eller användaradministratör får tilldela licenser i organisationens egna abonnemang. Be en av dem."},
	{commands.ErrNotPeopleAdmin, "Bara en global administratör eller användaradministratör får ta bort eller återställa personer. Be en av dem."},
	{user.ErrUnknown, "Det finns ingen sådan person i organisationen. Kontrollera vem du menar."},
	{commands.ErrNotSubscriptionAdmin, "Bara en global administratör eller faktureringsadministratör får ändra organisationens egna abonnemang. Be en av dem."},
	{commands.ErrNotYourPurchase, "Bara den som har köpt abonnemanget får ändra det eller tilldela dess licenser. Be köparen."},
	{commands.ErrTakeoverRequired, "En person har köpt det här abonnemanget, så bara den ändrar det och tilldelar dess licenser. Be köparen, eller ta först över abonnemanget."},
	{commands.ErrPartnerLooksOnly, "En partner får se vad personer själva har köpt, men varken köpa som de eller ändra det. Be köparen."},
	{commands.ErrNotDelegator, "Bara organisationens egen globala administratör får ge en partner en relation eller återkalla den. Be en av dem."},
	{commands.ErrNotPartnerStaff, "Bara en medlem i partnerns egen katalog med ett öppet konto får handla åt en kund. Be din administratör."},
	{commands.ErrPartnerTenantUnknown, "Ingen organisation är känd under det här. Kontrollera partnerns klient-id eller domän."},
	{errNotForPartners, "En partner kan inte göra det här åt en kund. Be en administratör hos kunden."},
	{errEventsNotDelegated, "En partner läser en organisations historik bara som global administratör eller global läsare. Be om en relation med den rollen."},
	{partner.ErrUnknown, "Den här organisationen har inte delegerat något till din. Be dess globala administratör om en relation."},
	{partner.ErrExpired, "Relationen med den här organisationen har gått ut. Be dess globala administratör om en ny."},
	{partner.ErrRevoked, "Den här organisationen har återkallat sin relation med din. Be dess globala administratör om en ny."},
	{partner.ErrNone, "Din organisation har ingen sådan partner. Lista dem som finns."},
	{partner.ErrSelf, "En organisation kan inte vara sin egen partner. Ange partnerns klient-id eller domän."},
	{partner.ErrKind, "Ange relationens slag som DAP eller GDAP."},
	{partner.ErrRoles, "Ge en GDAP-relation en eller flera av rollerna global administratör, faktureringsadministratör, licensadministratör, användaradministratör, Power Platform-administratör och global läsare; en DAP-relation har inga roller att välja."},
	{partner.ErrExpiry, "En relation upphör efter nu och inom två år. Ange en sådan tidpunkt."},
	{partner.ErrActive, "Partnern har redan en relation. Återkalla den innan du ger en ny."},
	{product.ErrTrial, "En provperiod varar 1 till 365 dagar och har minst en licens. Ange sådana tal."},
	{tenantpolicy.ErrValue, "Ange värdet som Enabled, OnlyTrialsWithoutPaymentMethod eller Disabled."},
	{tenantpolicy.ErrOfferTypeValue, "Ange värdet för en erbjudandetyp som Enabled eller Disabled."},
	{tenantpolicy.ErrOfferTypeUnknown, "Det finns ingen sådan erbjudandetyp. Lista dem med policyerna."},
	{views.ErrOrderUnknown, "Det finns ingen sådan order. Kontrollera numret."},

	// The request itself.
	{commands.ErrReused, "Idempotensnyckeln har redan använts för en annan begäran. Använd en ny nyckel för en ny begäran."},
	{errKeyInvalid, "En Idempotency-Key har 1 till 255 synliga ASCII-tecken. Använd ett slumpat UUID."},
	{errRouteUnknown, "Det finns inget på den här adressen. Se /docs för vad som finns."},
	{errMethodNotAllowed, "Adressen tar inte emot den metoden. Se /docs för dem som den tar."},
	{errBodyMalformed, "Begärans innehåll är inte giltig JSON. Rätta det."},
	{errBodyInvalid, "Begärans innehåll har okända, saknade eller felaktiga fält. Se errors och rätta dem."},
	{errBodyTooLarge, "Begärans innehåll är för stort. Skicka mindre åt gången."},
	{errBodySlow, "Begärans innehåll kom inte fram i tid. Skicka det igen."},
	{errMediaType, "Operationen läser inte den mediatypen. Se /docs för dem som den läser."},
	{errParameterInvalid, "En parameter i begäran är okänd eller felaktig. Se errors och rätta den."},
	{errPositionInvalid, "Ange from som start, eller som en position som en händelse eller ett svar angav."},
	{errAsOf, "Ange en position i historiken eller en tid som 2026-12-31T23:59:59Z för att se listan som den var då."},
	{views.ErrCursor, "Ange after som next i föregående sidas svar."},

	// What else came in between.
	{commands.ErrStale, "Någon ändrade det här efter att du senast såg det. Titta igen och upprepa din ändring om den fortfarande behövs."},
	{errRevisionInvalid, "Ange If-Match som den ETag som kom med svaret du såg."},
	{eventstore.ErrConflict, "Någon annan ändrade det här först. Titta igen och försök på nytt."},
	{eventstore.ErrUnavailable, "Händelselagret kan inte nås. Försök igen om en stund."},
	{eventstore.ErrTooLarge, "Begäran är större än vad som kan sparas på en gång. Dela upp den."},
	{eventstore.ErrGone, "Det här har raderats för gott."},
	{errStopping, "Kassa stoppas. Fråga igen om en stund, efter det som kommer efter den sista raden du fick."},
	{projections.ErrBehind, "Listan har inte hunnit ikapp din senaste ändring än. Försök igen om en stund."},
	{projections.ErrHalted, "Vyn har stannat och måste byggas om. Be operatören köra kassa views rebuild."},
	{projections.ErrUnknownView, "Det finns ingen vy med det namnet. Lista dem med kassa views list."},
	{projections.ErrRebuilding, "Vyn byggs redan om. Vänta tills det är klart."},
	{projections.ErrMoreParked, "Den ombyggda vyn kunde inte ta in fakta som den levande har tagit in, så den levande behölls. Se loggen, rätta programmet och bygg om igen."},
	{durable.ErrFull, "Disken är full. Frigör utrymme och försök igen."},
	{durable.ErrBroken, "Disken är trasig eller en fil skadad. Kontrollera disken, återställ filen vid behov och starta sedan Kassa igen."},
	{errInternal, "Något gick fel hos oss. Försök igen; om det kvarstår, säg till operatören."},

	// What an imported file may have wrong.
	{product.ErrInvalid, "En produkt behöver ett id, ett namn och ett största antal på minst ett."},
	{importer.ErrFile, "Filen har fel och inget i den importerades. Rätta raderna i rapporten och importera den igen."},
	{product.ErrReplaced, "Det här id:t har övertagits av en annan produkt. Använd den produktens id."},
	{product.ErrCycle, "En produkt kan inte ersätta sig själv eller den som ersatte den. Kontrollera båda id:n."},
	{product.ErrCapacity, "En licens ger från 0 till 10 000 000 megabyte av varje slags lagring. Ange ett sådant tal."},
	{price.ErrNegative, "Ett pris kan inte vara mindre än noll. Ange noll eller mer."},
	{price.ErrUnknown, "Produkten har aldrig haft något pris i den här kanalen och på den här marknaden. Publicera ett först."},
	{tenant.ErrKind, "Ange slaget som commercial, education, nonprofit, gcc, gcch eller dod."},
	{user.ErrInvalid, "En person behöver ett id och en organisation. Ange båda."},
	{domain.ErrFromMissing, "Ange från när det här gäller."},
	{domain.ErrTermUnknown, "Ange perioden som P1M eller P1Y."},
	{domain.ErrFrequencyUnknown, "En period på P1Y kan betalas med frekvensen P1M. Utelämna frekvensen där hela perioden betalas på en gång."},
}

// toldAs is the error that a stored code stands for: one that people can be told
// of, or a refusal by a rule.
func toldAs(code string) error {
	for _, s := range told {
		if s.err.Code == code {
			return s.err
		}
	}
	return domain.Refusal(code)
}

// swedish finds a message by its code. Where two errors share a code, the
// sentence suits both.
func swedish(code string) (string, bool) {
	for _, s := range told {
		if s.err.Code == code {
			return s.swedish, true
		}
	}
	return "", false
}

var swedishTitles = map[string]string{
	"Internal error":  "Internt fel",
	"Invalid request": "Ogiltig begäran",
	"Not signed in":   "Inte inloggad",
	"Not allowed":     "Inte tillåtet",
	"Not found":       "Finns inte",
	"Refused":         "Nekat",
	"Conflict":        "Konflikt",
	"Unavailable":     "Inte tillgängligt",
	"Not paid":        "Inte betalt",
}
