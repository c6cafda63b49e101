package ticket

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"junban/api/limit"
	"junban/api/login"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
)

// IssueByPatient is POST /v1/services/:service/tickets.
func (ts *Tickets) IssueByPatient(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	key, err := route.WebKey(r, true)
	if err != nil {
		return err
	}
	return ts.issue(w, r, ref, byWeb, login.WebAct(key, ""))
}

// way is how a ticket is asked for.
type way int

const (
	byWeb   way = iota // by the patient
	walkIn             // at the desk, by a patient who is here
	byPhone            // at the desk, by a patient on the telephone
)

// issue gives a ticket with its token and, where its owner may cancel it, the
// code for that. The act's key decides the code, so it gets one if it has none.
func (ts *Tickets) issue(w http.ResponseWriter, r *http.Request, ref clinic.Ref, by way, a queue.Act) error {
	channel := "desk"
	if by == byWeb {
		channel = "web"
	}
	var body wire.IssueRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	member := ""
	if by == byPhone && body.Member != "" {
		filled, err := ts.filled(r.Context(), ref.Clinic, body, a.By)
		if err != nil {
			return err
		}
		body, member = filled, filled.Member
	}
	q, err := reception(body, channel)
	if err != nil {
		return err
	}
	if channel == "web" {
		if err := ts.Limits.Check(r, limit.WebRequests, ""); err != nil {
			return err
		}
	}
	v, svc, err := ts.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	if channel == "web" && q.FirstVisit && !svc.FirstOnWeb() {
		return problem.Refuse("first_visit_desk", "this service takes first visits by phone or at the desk only")
	}
	if channel == "web" {
		if q.Patient, err = asked(svc, q.FirstVisit, q.Patient); err != nil {
			return err
		}
	}
	q.Persons = ts.Keys.Persons(ref.Clinic, q.Patient)
	if channel == "web" && view.Identifies(svc) && len(q.Persons) == 0 {
		return problem.Refuse("person_required", "send a card number, or a name and a phone number")
	}
	if channel == "web" {
		if !v.Clinic.Card.Fits(q.Patient.CardNumber) {
			return problem.Refuse("card_number", "patient.cardNumber is not %d to %d digits", v.Clinic.Card.Least, v.Clinic.Card.Most)
		}
	}
	if q.Day == v.Today() {
		q.Day = "" // since midnight, perhaps
	}
	if by == byPhone && !svc.BySlot() && q.Day == "" {
		return queue.ErrNotOffered // today's numbers are given at the desk
	}
	q.Walkin = by == walkIn
	if a.Key == "" {
		a.Key = a.By.Kind + " " + rand.Text()
	}
	code := ts.Keys.CancelCode(ref, a.Key)
	if svc.WebCancel {
		q.CodeHash = ts.Keys.CodeHash(ref, code)
	}
	number, about, taken := limit.WebTickets, []string(nil), false
	if q.Day != "" {
		number, about = limit.WebBookings, []string{string(q.Day)}
	}
	if channel == "web" {
		q.Origin = ts.ticketOrigin(r, ref.Clinic)
		leave, others := ts.inFlight.enter(q.Origin)
		defer leave()
		if taken, err = ts.Limits.CheckOnce(r, number, a, ref.Clinic, about...); err != nil {
			return sooner(err, others())
		}
	}
	issued, err := ts.Line.Issue(r.Context(), ref, q, a)
	if _, refused := errors.AsType[*refusal.Refusal](err); taken && refused { // only numbers that were given count
		if err := ts.Limits.Refund(r, number, ref.Clinic, about...); err != nil {
			return err
		}
	}
	if errors.Is(err, queue.ErrReceptionBefore) {
		return ts.opensLater(r.Context(), ref)
	}
	if err != nil && svc.BySlot() && channel == "web" {
		return ts.notBooked(r.Context(), v, svc, q, err)
	}
	if err != nil {
		return err
	}
	ts.Clinics.Touch(ref.Clinic)
	if err := ts.record(r.Context(), issued.ID, v.Today()); err != nil {
		return err
	}
	if member != "" {
		if err := ts.link(r.Context(), issued.ID, member, a.By); err != nil {
			return err
		}
	}
	before := issued.Ahead
	if before > 0 && svc.Unit == "人" {
		before = view.Unknown // tickets were counted, not people
	}
	if !issued.HasCode {
		code = ""
	}
	token, err := ts.Keys.TicketToken(issued.Ticket, q.Patient, code)
	if err != nil {
		return err
	}
	out := wire.Issued{Ticket: v.Ticket(issued.Ticket, before, view.ToPublic), Token: token, Over: issued.Over, CancelCode: code}
	if issued.Replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	w.Header().Set("Location", "/v1/tickets/"+string(issued.ID))
	return route.Encode(w, http.StatusCreated, out)
}

// opensLater is the refusal before the web desk opens. It has the time when it opens.
func (ts *Tickets) opensLater(ctx context.Context, ref clinic.Ref) error {
	snap, v, err := ts.Clinics.Snapshot(ctx, ref.Clinic)
	if err != nil {
		return err
	}
	l, ok := snap.Line(ref.Service)
	if !ok || l.OpensAt.IsZero() { // changed in this moment
		return queue.ErrReceptionBefore
	}
	return problem.Problem{
		Code:   queue.ErrReceptionBefore.Code(),
		Detail: "the web desk opens at " + l.OpensAt.In(v.Zone).Format(time.RFC3339),
		After:  max(l.OpensAt.Sub(snap.At), time.Second),
	}
}

// issueByDesk is POST /v1/services/:service/walkins.
func (ts *Tickets) issueByDesk(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := ts.Logins.AtService(r, false)
	if err != nil {
		return err
	}
	return ts.issue(w, r, ref, walkIn, a)
}

// bookByDesk is POST /v1/services/:service/bookings: for a patient on the telephone.
// In order mode the day is one to come.
func (ts *Tickets) bookByDesk(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := ts.Logins.AtService(r, true)
	if err != nil {
		return err
	}
	return ts.issue(w, r, ref, byPhone, a)
}
