package public

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/queue/typed"
)

// phoneEndDigits is how many digits of a phone number prove a ticket.
const phoneEndDigits = 4

// lookupRequest is a checked [wire.LookupRequest]. It names the ticket by a number or a
// phone number, and proves that it is the client's.
type lookupRequest struct {
	ref      clinic.Ref
	number   int    // 0: not asked by number
	phone    string // "": not asked by phone number
	phoneEnd string // "": proven by the code
	code     string
}

func readLookup(w http.ResponseWriter, r *http.Request) (l lookupRequest, err error) {
	var body wire.LookupRequest
	if err = route.Decode(w, r, &body); err != nil {
		return l, err
	}
	if l.ref, err = clinic.ParseRef(body.Service); err != nil {
		return l, err
	}
	if l.phone, err = route.Phone("phone", body.Phone); err != nil {
		return l, err
	}
	if l.code, err = route.Text("cancelCode", route.Code(body.CancelCode), route.MaxCode, false); err != nil {
		return l, err
	}
	l.number, l.phoneEnd = body.Number, typed.Name(body.PhoneEnd)
	switch {
	case l.number < 0, (l.number > 0) == (l.phone != ""):
		return l, problem.Invalid("number", problem.EitherOr, "other", "phone")
	case l.phoneEnd != "" && l.code != "", l.number > 0 && l.phoneEnd == "" && l.code == "":
		return l, problem.Invalid("phoneEnd", problem.EitherOr, "other", "cancelCode")
	case l.phoneEnd != "" && (len(l.phoneEnd) != phoneEndDigits || strings.Trim(l.phoneEnd, "0123456789") != ""):
		return l, problem.Invalid("phoneEnd", problem.NotPhoneEnd, "count", phoneEndDigits)
	case l.phoneEnd != "" && l.phone != "":
		return l, problem.Invalid("cancelCode", rule.Missing)
	}
	return l, nil
}

// LookUp is POST /v1/lookup (B14). A ticket's number needs the last digits of its phone
// number, or the cancel code. In order mode a phone number needs the cancel code. A phone
// number alone would reveal whether a person is at the clinic now. In slot mode it is
// enough where the clinic allows it. Then the answer has the least that finds a booking
// again, and each such lookup counts, found or not. Every miss is answered alike. Misses
// are counted per number and per phone number too, from any address. So neither can be
// guessed from the other.
func (p *Public) LookUp(w http.ResponseWriter, r *http.Request) error {
	l, err := readLookup(w, r)
	if err != nil {
		return err
	}
	if err := p.Limits.AuthorizeLookup(r, l.ref.Clinic); err != nil {
		return err
	}
	if err := p.Limits.Check(r, limit.WebRequests, ""); err != nil {
		return err
	}
	c, svc, err := p.Clinics.Service(r.Context(), l.ref)
	if err != nil {
		return err
	}
	if l.bare() && !svc.BySlot() {
		return problem.Invalid("cancelCode", rule.Missing)
	}
	if l.code == "" && c.LookupRule() != clinic.LookupByPhone {
		return problem.Refuse("lookup_code_required", "this clinic requires the cancel code")
	}
	refund, err := p.chargeMiss(r, l)
	if err != nil {
		return err
	}
	answer, err := p.found(r, l)
	if err != nil { // nothing was looked at
		return errors.Join(err, refund())
	}
	if len(answer.Tickets) > 0 { // only misses count
		if err := refund(); err != nil {
			return err
		}
	}
	return route.Encode(w, http.StatusOK, answer)
}

// chargeMiss takes the tokens of a lookup that finds nothing, or none. refund returns
// them back.
func (p *Public) chargeMiss(r *http.Request, l lookupRequest) (refund func() error, err error) {
	if l.bare() { // nothing proves that the phone number is the client's, so a hit counts too
		_, err = p.Limits.TakeAll(r, l.ref.Clinic, limit.Of(limit.PhoneLookups), limit.Of(limit.PhonesLookedUp, l.phone))
		return func() error { return nil }, err
	}
	asked := []string{l.ref.String(), "number", strconv.Itoa(l.number), l.phone}
	if l.phoneEnd == "" {
		return p.Limits.TakeAll(r, l.ref.Clinic, limit.Of(limit.Lookups), limit.Of(limit.LookupCodes, asked...))
	}
	return p.Limits.TakeAll(r, l.ref.Clinic, limit.Of(limit.Lookups), limit.Of(limit.LookupPhones, asked...),
		limit.Of(limit.LookupPhones, l.ref.String(), "phone", l.phoneEnd))
}

// bare reports whether the request has a phone number and nothing that proves it.
func (l lookupRequest) bare() bool { return l.phone != "" && l.code == "" }

// found returns the client's tickets of today. A request with a phone number also gets
// those of later days. One with nothing else gets live tickets only.
func (p *Public) found(r *http.Request, l lookupRequest) (wire.LookupAnswer, error) {
	answer := wire.LookupAnswer{Tickets: []wire.LookupTicket{}}
	snap, v, err := p.Clinics.SnapshotWithPatients(r.Context(), l.ref.Clinic)
	if errors.Is(err, clinic.ErrNoClinic) {
		return answer, clinic.ErrNoService
	}
	if err != nil {
		return answer, err
	}
	hash := p.Keys.CodeHash(l.ref, l.code)
	is := func(t queue.Ticket, p queue.Patient) bool {
		return t.ID.Ref() == l.ref && l.names(t, p) && l.proves(t, p, hash) && !(l.bare() && t.State.Ended())
	}
	add := func(encoded wire.Ticket) error {
		found, err := p.least(encoded, v.Now)
		answer.Tickets = append(answer.Tickets, found)
		return err
	}
	for _, line := range snap.Lines { // the ticket may have been sent on to another service
		for _, t := range slices.Concat(line.Open, line.Waiting, line.Booked, line.Absent, line.Held, line.Lost, line.Ended) {
			if !is(t, snap.Patients[t.ID]) {
				continue
			}
			encoded, _ := v.FindTicket(snap, t.ID, view.ToPublic)
			if err := add(encoded); err != nil {
				return answer, err
			}
		}
	}
	if l.phone == "" {
		return answer, nil
	}
	reserved, err := p.Clinics.Reserved(r.Context(), l.ref.Clinic)
	if err != nil {
		return answer, err
	}
	for _, b := range reserved {
		if is(b.Ticket, b.Patient) {
			if err := add(v.Ticket(b.Ticket, view.Unknown, view.ToPublic)); err != nil {
				return answer, err
			}
		}
	}
	return answer, nil
}

// names reports whether the request is about a ticket.
func (l lookupRequest) names(t queue.Ticket, p queue.Patient) bool {
	if l.number > 0 {
		return t.Number == l.number
	}
	return l.phone != "" && p.Phone == l.phone
}

// proves reports whether the request shows that a ticket is the client's.
func (l lookupRequest) proves(t queue.Ticket, p queue.Patient, codeHash string) bool {
	if l.phoneEnd != "" {
		return len(p.Phone) > phoneEndDigits && strings.HasSuffix(p.Phone, l.phoneEnd)
	}
	if l.bare() {
		return true
	}
	return l.code != "" && t.CodeHash != "" && subtle.ConstantTimeCompare([]byte(t.CodeHash), []byte(codeHash)) == 1
}
