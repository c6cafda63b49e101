package api

import (
	"net/http"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// maxSession is the longest name of a session, in characters.
const maxSession = 20

// showDays is GET /v1/services/:service/days (B12).
func (s *Server) showDays(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	v, svc, err := s.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	offers, err := s.Clinics.Offered(r.Context(), ref)
	if err != nil {
		return err
	}
	numbers := svc.Booking.Numbers
	if numbers == "" {
		numbers = clinic.NumbersNow
	}
	answer := wire.Days{Days: []wire.Day{}}
	for _, o := range offers {
		day := wire.Day{Day: string(o.Day), Numbers: numbers}
		for _, session := range o.Sessions {
			said := wire.DaySession{
				Session: session.ID, From: v.At(session.Consult.From), To: v.At(session.Consult.To),
				Availability: string(session.Availability), FirstVisit: string(session.Availability),
			}
			if !session.First {
				said.FirstVisit = string(queue.None)
			}
			if svc.Hides("availability") {
				said.Availability, said.FirstVisit = "", ""
			}
			day.Sessions = append(day.Sessions, said)
		}
		answer.Days = append(answer.Days, day)
	}
	return route.Encode(w, http.StatusOK, answer)
}

// showBookings is GET /v1/clinics/:clinic/bookings, for the clinic's desk.
func (s *Server) showBookings(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.deskAtClinic(r)
	if err != nil {
		return err
	}
	v, err := s.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	reserved, err := s.Board.Reserved(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Bookings{Tickets: v.Reserved(reserved), Marks: view.BookedMarks(reserved)})
}
