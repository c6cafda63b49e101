package limit

import (
	"net/http"
	"time"

	"junban/api/peer"
	"junban/queue"
	"junban/queue/clinic"
)

// A clinic that is not listed is found by its number alone (B04), and there are only
// ten thousand numbers. So a client pays for each number outside the directory before
// anything is looked up. An unlisted clinic and an unknown number cost the same work
// and the same tokens. They also look the same once the tokens are used up.
//
// A number that a prefix has paid for is free for an hour. So a waiting room pays once
// for its own clinic. It is free only while the prefix has a token left. Otherwise
// clients behind a shared address could find which numbers others have paid for.

// paidFor is the bucket in which a node remembers the numbers that a prefix has
// paid for.
var paidFor = rate{1, time.Hour}

// paidSets is the memory for them: 65,536 numbers of prefixes, in 1 MiB.
const paidSets = 1 << 13

// AuthorizeLookup is the guard of every route that names a clinic and needs no
// token or login. It returns a refusal when the client has asked for too many
// numbers that are not in the directory.
func (lr *Limiter) AuthorizeLookup(r *http.Request, id clinic.ID) error {
	if id == "" || lr.listed(r.Context(), id) {
		return nil
	}
	from := lr.peers.Client(r).Prefixes()
	if len(from) == 0 {
		return nil // this machine
	}
	paid := payment(ClinicNumbers, from[0], id)
	charge := lr.Check
	if lr.hasPaid(paid) {
		charge = lr.peek
	}
	if err := charge(r, ClinicNumbers, ""); err != nil {
		return err
	}
	lr.paid.charge(takeTokens, paid, time.Now())
	return nil
}

// CheckWatched refuses a client that watches too many clinics without a ticket, login
// or screen. A node reads and follows each. A clinic that a prefix has paid
// for is free. So no client behind a shared address loses a clinic that is watched from
// there.
func (lr *Limiter) CheckWatched(r *http.Request, id clinic.ID) error {
	from := lr.peers.Client(r).Prefixes()
	if len(from) == 0 {
		return nil // this machine
	}
	paid := payment(WatchedClinics, from[0], id)
	if lr.hasPaid(paid) {
		return nil
	}
	if err := lr.Check(r, WatchedClinics, ""); err != nil {
		return err
	}
	lr.paid.charge(takeTokens, paid, time.Now())
	return nil
}

// payment is the bucket of a prefix's payment for a clinic's number under a limit. It
// lasts an hour.
func payment(l *Limit, from peer.ClientPrefix, id clinic.ID) []queue.Bucket {
	return []queue.Bucket{{Name: l.name + " " + from.Text + " " + string(id), Every: paidFor.Every, Burst: paidFor.Burst}}
}

func (lr *Limiter) hasPaid(paid []queue.Bucket) bool {
	return lr.paid.charge(lookForTokens, paid, time.Now()).Wait > 0
}
