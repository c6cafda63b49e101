package public

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"junban/api/live"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// ShowDays is GET /v1/services/:service/days?from=&to= (B12). Without a range it has the
// days with numbers in order mode, and all days that the web books in slot mode. Its ETag
// is of the answer.
func (p *Public) ShowDays(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	v, svc, err := p.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	var answer wire.Days
	if from, to, ranged, err := route.DayRange(r, v.Today(), svc.Booking.Days); err != nil {
		return err
	} else if ranged || svc.BySlot() {
		days, err := p.Clinics.Days(r.Context(), v, ref, from, to, live.DaysAge)
		if err != nil {
			return err
		}
		answer = v.Days(svc, days)
	} else if answer, err = p.offered(r, v, svc, ref); err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("encode days of %s: %w", ref, err)
	}
	writeUnlessKnown(w, r, body, body)
	return nil
}

// offered are the days to come for which a service in order mode gives numbers.
func (p *Public) offered(r *http.Request, v view.View, svc clinic.Service, ref clinic.Ref) (wire.Days, error) {
	answer := wire.Days{Days: []wire.Day{}}
	offers, err := p.Clinics.Offered(r.Context(), ref)
	for _, o := range offers {
		day := wire.Day{Day: string(o.Day), Numbers: cmp.Or(svc.Booking.Numbers, clinic.NumbersNow)}
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
	return answer, err
}
