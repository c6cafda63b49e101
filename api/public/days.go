package public

import (
	"net/http"

	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// showDays is GET /v1/services/:service/days (B12).
func (p *Public) showDays(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	v, svc, err := p.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	offers, err := p.Clinics.Offered(r.Context(), ref)
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
			encoded := wire.DaySession{
				Session: session.ID, From: v.At(session.Consult.From), To: v.At(session.Consult.To),
				Availability: string(session.Availability), FirstVisit: string(session.Availability),
			}
			if !session.First {
				encoded.FirstVisit = string(queue.None)
			}
			if svc.Hides("availability") {
				encoded.Availability, encoded.FirstVisit = "", ""
			}
			day.Sessions = append(day.Sessions, encoded)
		}
		answer.Days = append(answer.Days, day)
	}
	return route.Encode(w, http.StatusOK, answer)
}
