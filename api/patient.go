package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// Who an act is by.
const (
	byWeb   = "web"
	byStaff = "staff"
)

// issueByPatient is POST /v1/services/:service/tickets.
func (s *Server) issueByPatient(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	key, err := route.WebKey(r, true)
	if err != nil {
		return err
	}
	return s.issue(w, r, ref, "web", webAct(key, ""))
}

// webAct is an act of a patient. Its key is apart from those of the desk, and, for
// an act on a ticket, from those of other tickets; of is the ticket, or "".
func webAct(key string, of queue.TicketID) queue.Act {
	if key != "" && of != "" {
		key = string(of) + " " + key
	}
	if key != "" {
		key = byWeb + " " + key
	}
	return queue.Act{Key: key, By: clinic.Actor{Kind: byWeb}}
}

// issue gives a ticket with its token and, where its owner may cancel it, the
// code for that. The act's key decides the code, so it gets one if it has none.
func (s *Server) issue(w http.ResponseWriter, r *http.Request, ref clinic.Ref, channel string, a queue.Act) error {
	var body wire.IssueRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	q, err := reception(body, channel)
	if err != nil {
		return err
	}
	if channel == "web" {
		if err := s.limits.Check(r, limit.WebRequests, ""); err != nil {
			return err
		}
	}
	q.Persons = s.keys.Persons(ref.Clinic, q.Patient)
	v, svc, err := s.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	if channel == "web" && svc.Capacity.OneEach && len(q.Persons) == 0 {
		return problem.Refuse("person_required", "send a card number, or a name and a phone number")
	}
	if channel == "web" {
		if q.FirstVisit && !svc.FirstOnWeb() {
			return problem.Refuse("first_visit_desk", "this service takes first visits by phone or at the desk only")
		}
		if !v.Clinic.Card.Fits(q.Patient.CardNumber) {
			return problem.Refuse("card_number", "patient.cardNumber is not %d to %d digits", v.Clinic.Card.Least, v.Clinic.Card.Most)
		}
	}
	if q.Day == v.Today() {
		q.Day = "" // since midnight, perhaps
	}
	if a.Key == "" {
		a.Key = a.By.Kind + " " + rand.Text()
	}
	code := s.keys.CancelCode(ref, a.Key)
	if svc.WebCancel {
		q.CodeHash = s.keys.CodeHash(ref, code)
	}
	number, about, taken := limit.WebTickets, []string(nil), false
	if q.Day != "" {
		number, about = limit.WebBookings, []string{string(q.Day)}
	}
	if channel == "web" {
		if taken, err = s.limits.CheckOnce(r, number, a, ref.Clinic, about...); err != nil {
			return err
		}
	}
	if channel == "web" {
		q.Origin = s.ticketOrigin(r, ref.Clinic)
	}
	issued, err := s.patients.Issue(r.Context(), ref, q, a)
	if _, refused := errors.AsType[*refusal.Refusal](err); taken && refused { // only numbers that were given count
		if err := s.limits.Refund(r, number, ref.Clinic, about...); err != nil {
			return err
		}
	}
	if errors.Is(err, queue.ErrReceptionBefore) {
		return s.opensLater(r.Context(), ref)
	}
	if err != nil {
		return err
	}
	s.Clinics.Touch(ref.Clinic)
	before := issued.Ahead
	if before > 0 && svc.Unit == "人" {
		before = view.Unknown // tickets were counted, not people
	}
	if !issued.HasCode {
		code = ""
	}
	token, err := s.keys.TicketToken(issued.Ticket, q.Patient, code)
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

// opensLater is the refusal of who comes before the web desk opens: it says
// when to come again.
func (s *Server) opensLater(ctx context.Context, ref clinic.Ref) error {
	snap, v, err := s.Clinics.Snapshot(ctx, ref.Clinic)
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

// showTicket is GET /v1/tickets/:ticket, for its owner and its clinic's desk.
func (s *Server) showTicket(w http.ResponseWriter, r *http.Request) error {
	id, err := queue.ParseTicketID(r.PathValue("ticket"))
	if err != nil {
		return err
	}
	to, err := s.readerOf(r, id)
	if err != nil {
		return err
	}
	snap, v, err := s.Clinics.Snapshot(r.Context(), id.Ref().Clinic)
	if errors.Is(err, clinic.ErrNoClinic) {
		return queue.ErrNoTicket
	}
	if err != nil {
		return err
	}
	said, ok := v.Place(snap, id, to)
	if !ok {
		t, err := s.ofOwner(r, id, func(ctx context.Context) (queue.Ticket, error) { return s.patients.Ticket(ctx, id) })
		if err != nil {
			return err
		}
		said = v.Past(snap.Day, t)
	}
	return route.Encode(w, http.StatusOK, wire.TicketAnswer{Ticket: said})
}

// showTicketCode is GET /v1/tickets/:ticket/code: the link to the owner's page, with
// the token, for another phone to scan.
func (s *Server) showTicketCode(w http.ResponseWriter, r *http.Request) error {
	id, err := queue.ParseTicketID(r.PathValue("ticket"))
	if err != nil {
		return err
	}
	token, owner := route.Bearer(r)
	if !owner {
		return problem.Refuse("token_required", "send the ticket's token as Authorization: Bearer <token>")
	}
	if !s.keys.Owns(id, token) {
		return problem.Refuse("token_wrong", "the token does not belong to this ticket")
	}
	drawn, err := view.QrCode(s.peers.Origin(r) + "/s/" + id.Ref().String() + "#" + string(id) + "." + token)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, drawn)
}

// ofOwner runs do, which reads a ticket or acts on it, for a client that may have its
// token. A ticket of today that Redis has lost is filed from the token's claim, and do
// runs again: the answer is then that of a lost ticket. The ticket stays unknown where
// the token carries no claim, or the line refuses to file it.
func (s *Server) ofOwner(r *http.Request, id queue.TicketID, do func(context.Context) (queue.Ticket, error)) (queue.Ticket, error) {
	t, err := do(r.Context())
	token, owner := route.Bearer(r)
	if !owner || !errors.Is(err, queue.ErrNoTicket) {
		return t, err
	}
	claim, ok := s.keys.Claim(id, token)
	if !ok {
		return t, err
	}
	_, notFiled := s.Clinics.FileLost(r.Context(), id, claim)
	if _, refused := errors.AsType[*refusal.Refusal](notFiled); refused {
		return t, err
	}
	if notFiled != nil {
		return t, notFiled
	}
	return do(r.Context())
}

// readerOf says who reads a ticket: the bearer of its token, or its clinic's desk.
func (s *Server) readerOf(r *http.Request, id queue.TicketID) (view.Audience, error) {
	if token, ok := route.Bearer(r); ok {
		if !s.keys.Owns(id, token) {
			return view.ToPublic, problem.Refuse("token_wrong", "the token does not belong to this ticket")
		}
		return view.ToPublic, nil
	}
	if _, err := r.Cookie(s.cookieName(r, sessionCookie)); err != nil {
		return view.ToPublic, problem.Refuse("token_required", "send the ticket's token as Authorization: Bearer <token>")
	}
	desk, err := s.session(r)
	if err != nil {
		return view.ToDesk, err
	}
	return view.ToDesk, desk.of(id.Ref().Clinic)
}

// cancelByOwner is POST /v1/tickets/:ticket/cancel with the ticket's token.
func (s *Server) cancelByOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID) error {
	key, err := route.WebKey(r, false)
	if err != nil {
		return err
	}
	var body wire.CancelRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	code, err := route.Text("cancelCode", codeIn(body.CancelCode), route.MaxCode, false)
	if err != nil {
		return err
	}
	if code == "" {
		return problem.Invalid("cancelCode", rule.Missing)
	}
	if err := s.limits.Check(r, limit.WebRequests, ""); err != nil {
		return err
	}
	return s.actOfOwner(w, r, id, func(ctx context.Context) (queue.Ticket, error) {
		return s.patients.CancelByOwner(ctx, id, s.keys.CodeHash(id.Ref(), code), webAct(key, id))
	})
}

// arriveByOwner is POST /v1/tickets/:ticket/arrive with the ticket's token. It
// says where the patient is; whether who was absent waits again, the desk says.
func (s *Server) arriveByOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID) error {
	key, err := route.WebKey(r, false)
	if err != nil {
		return err
	}
	var body wire.ArriveRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	p := queue.Presence(body.Presence)
	if p != queue.Here && p != queue.Out {
		return problem.Invalid("presence", rule.NotOneOf, "value", body.Presence, "values", rule.Values(queue.Here, queue.Out))
	}
	if err := s.limits.Check(r, limit.WebRequests, ""); err != nil {
		return err
	}
	if _, err := s.limits.CheckOnce(r, limit.Arrivals, webAct(key, id), id.Ref().Clinic, string(id)); err != nil {
		return err
	}
	return s.actOfOwner(w, r, id, func(ctx context.Context) (queue.Ticket, error) {
		return s.patients.Arrive(ctx, id, p, webAct(key, id))
	})
}

// actOfOwner is act of the bearer of the ticket's token.
func (s *Server) actOfOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID, do func(context.Context) (queue.Ticket, error)) error {
	return s.act(w, r, id.Ref(), func(context.Context) (queue.Ticket, error) { return s.ofOwner(r, id, do) })
}

// act does something to one ticket and answers with it. The record is read
// first, so that an act that was done is not answered as one that failed.
func (s *Server) act(w http.ResponseWriter, r *http.Request, ref clinic.Ref, do func(context.Context) (queue.Ticket, error)) error {
	v, _, err := s.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	t, err := do(r.Context())
	if err != nil {
		return err
	}
	s.Clinics.Touch(ref.Clinic)
	return route.Encode(w, http.StatusOK, wire.TicketAnswer{Ticket: v.Ticket(t, view.Unknown, view.ToPublic), Rev: t.Rev})
}
