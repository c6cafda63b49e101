package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// affected lists the live tickets that lose their session, or part of it, when
// the record next replaces c (row U3), and names the list: another list has
// another name, and an empty one has none.
func (s *Server) affected(ctx context.Context, c, next clinic.Clinic) (list []queue.Reserved, name string, err error) {
	snap, err := s.board.Snapshot(ctx, c.ID)
	if err != nil {
		return nil, "", err
	}
	reserved, err := s.board.Reserved(ctx, c.ID)
	if err != nil {
		return nil, "", err
	}
	if list, err = queue.Affected(c, next, append(snap.Live(), reserved...)); err != nil || len(list) == 0 {
		return nil, "", err
	}
	sum := sha256.New()
	for _, t := range list {
		sum.Write([]byte(t.ID + "\n"))
	}
	return list, base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:16]), nil
}

// accepted refuses a record with affected tickets, unless the desk names the list
// that it has seen. Nothing is cancelled: the desk calls the patients.
func (s *Server) accepted(ctx context.Context, c, next clinic.Clinic, seen string) error {
	list, name, err := s.affected(ctx, c, next)
	if err != nil || name == seen || len(list) == 0 {
		return err
	}
	return problem.Refuse("bookings_affected", "%d live tickets would lose all or part of their session; POST the same timetable to …/affected to list them", len(list))
}

func (s *Server) encodeAffected(w http.ResponseWriter, r *http.Request, c, next clinic.Clinic) error {
	v, err := s.viewClinic(r.Context(), c.ID)
	if err != nil {
		return err
	}
	list, name, err := s.affected(r.Context(), c, next)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Affected{Affected: name, Tickets: v.reserved(list)})
}

// reserved encodes tickets with who they are for, for the desk.
func (v view) reserved(list []queue.Reserved) []wire.StaffTicket {
	tickets := []wire.StaffTicket{}
	for _, b := range list {
		acts := []string{string(queue.Cancel)}
		if b.LastAct != "" {
			acts = append(acts, string(queue.Undo))
		}
		tickets = append(tickets, wire.StaffTicket{
			Ticket: v.ticket(b.Ticket, unknown, toDesk), Name: b.Patient.Name, Phone: b.Patient.Phone, CardNumber: b.Patient.CardNumber,
			FirstVisit: b.FirstVisit, Channel: b.Channel, Mark: b.Mark, Acts: acts, LastAct: string(b.LastAct), Rev: b.Rev,
		})
		sessions := v.clinic.SessionsOn(b.ID.Ref().Service, b.ID.Day(), v.zone)
		v.cut(&tickets[len(tickets)-1], b.Ticket, b.Cut.Affected(b.Ticket, sessions), sessions)
	}
	return tickets
}

// cut writes what a change of the timetable took from a ticket. Sessions are those of
// its service on its day.
func (v view) cut(w *wire.StaffTicket, t queue.Ticket, affected string, sessions []hours.Session) {
	if affected == "" {
		return
	}
	w.Affected = affected
	for _, s := range sessions {
		if s.ID == t.Session {
			w.EndsAt = v.atIfAny(s.Consult.To)
		}
	}
}
