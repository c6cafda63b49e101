package limit

import (
	"testing"
	"time"

	"junban/api/problem"
	"junban/queue"
	"junban/queue/clinic"
)

// table lists all limits, in the order of README.md.
var table = []*Limit{
	WebTickets, WebBookings, WebRequests, Lookups, LookupPhones, LookupCodes, PhoneLookups, PhonesLookedUp, FoundCodes, Arrivals, ClinicNumbers, WatchedClinics,
	Wants, OwnerProofs, TicketProofs, Proofs, ProofMails, ClinicProofs, ProofCodes, Follows, Unfollows, NoticeLooks,
	ScreenCodes, ScreenLooks, BookSearches, ScreenClaims,
	UserLogins, ClinicLogins, AllLogins, DeviceLogins, OldPasswords,
}

// TestLimits_TheTableHoldsItsPromises checks that the limits of a strange
// network leave room for the others. Metrics and Redis have different names for them.
func TestLimits_TheTableHoldsItsPromises(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, l := range table {
		sizes := []rate{l.IPv4, l.Net64, l.Net56, l.Net48, l.Whole}
		if names[l.name] || l.name == "" || l.counts == "" || problem.Table[l.code].Status != 429 {
			t.Errorf("limit %q counts %q and refuses with %q", l.name, l.counts, l.code)
		}
		names[l.name] = true
		for _, size := range sizes {
			if (size.Burst > 0) != (size.Every >= time.Millisecond) {
				t.Errorf("limit %s has a bucket of %+v", l.name, size)
			}
		}
		if byPrefix := l.IPv4.Burst > 0; byPrefix == (l.Whole.Burst > 0) && l.cluster && !l.perClinic {
			t.Errorf("the buckets of limit %s are on several nodes of a Redis Cluster", l.name)
		} else if byPrefix && (l.Net64.Burst > l.Net56.Burst || l.Net56.Burst > l.Net48.Burst || l.Net64.Burst == 0) {
			t.Errorf("limit %s allows a wider prefix less: %+v", l.name, sizes)
		}
	}
	inADay := func(r rate, days int) int { return r.Burst + int(time.Duration(days)*24*time.Hour/r.Every) }
	for _, of := range []func(*Limit) rate{func(l *Limit) rate { return l.Net64 }, func(l *Limit) rate { return l.Net56 }, func(l *Limit) rate { return l.Net48 }} {
		if n := inADay(of(WebTickets), 1) + inADay(of(WebBookings), clinic.BookingDays); n > queue.DefaultBounds.WebLine*2/100 {
			t.Errorf("one prefix can take %d of the %d numbers of a day", n, queue.DefaultBounds.WebLine)
		}
	}
	if n := inADay(WebTickets.IPv4, 1) + inADay(WebBookings.IPv4, clinic.BookingDays); n > queue.DefaultBounds.WebLine*11/100 {
		t.Errorf("one IPv4 address can take %d of the %d tickets of a day", n, queue.DefaultBounds.WebLine)
	}
	if WebTickets.IPv4.Burst < 200 || WebBookings.IPv4.Burst < 200 || WebRequests.IPv4.Burst < 2200 {
		t.Error("the patients behind one address of a carrier are refused")
	}
}
