// Package public answers what anybody asks of the clinics: boards, days on offer, the
// directory, and the lookup of a ticket whose page is lost.
package public
