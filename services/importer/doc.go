// Package importer reads catalogues and directories from files that people
// write: JSON and CSV, checked line by line, all or nothing. It gives typed rows
// or a Report of everything that is wrong; it stores nothing and asks nobody,
// so what a file means to what is already known is decided in commands.
//
// A file is read as JSON or CSV by its extension, else by its first character.
// It is UTF-8, with or without a byte order mark, of at most 64 MiB; a line of
// CSV, or an element of a JSON list, is at most 1 MiB. Amounts are decimal text
// with at most the currency's decimals ("9.99"), never a JSON number. Instants
// are dates (midnight UTC) or RFC 3339. Countries are ISO 3166-1 alpha-2.
//
// # Catalogue
//
// JSON is an object of "products", each with its "prices", and
// "excludedMarkets". In CSV each row says in the column "type" which of the
// three it is. The columns, which are the JSON members as well (a star marks
// the required ones; a list is a JSON array, or words with spaces between):
//
//	product    id* name* vendor* family* selfServiceEligible* maxQuantity*
//	           trialWithoutPayment oldIds(list) productUrl trainingUrls(list)
//	           trialWithPayment trialDays trialSeats
//	           databaseMbPerSeat fileMbPerSeat
//	price      product* (CSV only) channel* (self-service, central)
//	           markets*(list) amount* currency* term* (P1M, P1Y) validFrom*
//	           frequency (P1M: a term of P1Y is paid in months, amount is of one;
//	           left out: it is paid at once)
//	exclusion  family* (or "*" for all) markets*(list) from*
//
// # Directory
//
// JSON is an object of "tenants" and "people".
//
//	tenant  id* name* domains*(list) kind* managed* country* zone* (IANA)
//	        governanceBlocked(list of product ids; what is left out is let in)
//	        premierIncidents(that its Premier contract grants in all; left out:
//	        it has no contract)
//	person  tenant* (id or domain) id* name* mail* guest* enabled* synced
//	        usageLocation roles(list of names such as billing-admin, or
//	        template ids) deleted (left out: not; who was deleted and stands here
//	        again without it is restored)
package importer
