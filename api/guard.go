package api

import (
	"context"
	"net/http"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// A clinic that is not listed is found by its number alone (B04), and there are
// only ten thousand numbers. So a client pays for each number that is not in the
// directory, before anything is looked up: an unlisted clinic and a number that
// no clinic has cost the same work and the same tokens, and look the same once
// the tokens are used up (row S8).
//
// A number that a prefix has paid for is free for an hour, so that a waiting
// room that looks at its own clinic pays once. It is free only while the prefix
// has a token left: else everybody behind a shared address could try which
// numbers the others have paid for.

// paidFor is the bucket in which a node remembers the numbers that a prefix has
// paid for.
var paidFor = rate{1, time.Hour}

// paidSets is the memory for them: 65,536 numbers of prefixes, in 1 MiB.
const paidSets = 1 << 13

// authorizeLookup is the guard of every route that names a clinic and needs no
// token or login. It returns a refusal when the client has asked for too many
// numbers that are not in the directory.
func (s *Server) authorizeLookup(r *http.Request, id clinic.ID) error {
	if id == "" || s.records.isListed(r.Context(), id) {
		return nil
	}
	from := s.client(r).prefixes()
	if len(from) == 0 {
		return nil // this machine
	}
	paid := payment(limitClinicNumbers, from[0], id)
	charge := s.checkLimit
	if s.hasPaid(paid) {
		charge = s.peekLimit
	}
	if err := charge(r, limitClinicNumbers, ""); err != nil {
		return err
	}
	s.paid.charge(takeTokens, paid, time.Now())
	return nil
}

// checkWatchedClinics returns a refusal when the client watches too many clinics of
// which it has no ticket, login or screen: a node reads and follows each (row S17).
// What a prefix has paid for is free, so that nobody behind a shared address loses
// a clinic that is watched from there.
func (s *Server) checkWatchedClinics(r *http.Request, topics []topic, c claims) error {
	from := s.client(r).prefixes()
	if len(from) == 0 {
		return nil // this machine
	}
	for _, t := range topics {
		paid := payment(limitWatchedClinics, from[0], t.clinic)
		if c.of[t.clinic] > 0 || s.hasPaid(paid) {
			continue
		}
		if err := s.checkLimit(r, limitWatchedClinics, ""); err != nil {
			return err
		}
		s.paid.charge(takeTokens, paid, time.Now())
	}
	return nil
}

// payment is the bucket that remembers for an hour that a prefix has paid for a
// clinic's number under a limit.
func payment(l *limit, from clientPrefix, id clinic.ID) []queue.Bucket {
	return []queue.Bucket{{Name: l.name + " " + from.text + " " + string(id), Every: paidFor.every, Burst: paidFor.burst}}
}

func (s *Server) hasPaid(paid []queue.Bucket) bool {
	return s.paid.charge(lookForTokens, paid, time.Now()).Wait > 0
}

// isListed reports whether a clinic is in the directory, as it was read a few
// seconds ago at most. It looks up nothing about a clinic that is not.
func (rs *records) isListed(ctx context.Context, id clinic.ID) bool {
	if c, ok := rs.source.record(id); ok && c.Listed {
		return true
	}
	x, err := rs.index(ctx)
	return err == nil && x.listed[id]
}
