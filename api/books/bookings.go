package books

import (
	"net/http"
	"time"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/register"
)

// searchBookings is POST /v1/clinics/:clinic/search/bookings (L03, L08). What the line
// knows better of open days is laid over the rows.
func (b *Books) searchBookings(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	var body wire.BookingSearch
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	q, err := bookingQuery("", body, v)
	if err != nil {
		return err
	}
	if err := b.Limits.Check(r, limit.BookSearches, v.Clinic.ID, a.By.Name); err != nil {
		return err
	}
	page, err := b.Register.SearchBookings(r.Context(), v.Clinic.ID, q, a.By)
	if err != nil {
		return of(err)
	}
	return b.encodePage(w, r, v, page)
}

// showMemberBookings is GET /v1/clinics/:clinic/members/:member/bookings?after= (L07).
func (b *Books) showMemberBookings(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	if _, err := b.Register.Resolve(r.Context(), v.Clinic.ID, named(r)); err != nil {
		return of(err)
	}
	page, err := b.Register.BookingsOf(r.Context(), v.Clinic.ID, named(r), r.URL.Query().Get("after"), a.By)
	if err != nil {
		return of(err)
	}
	return b.encodePage(w, r, v, page)
}

func (b *Books) encodePage(w http.ResponseWriter, r *http.Request, v view.View, page register.BookingPage) error {
	b.overlay(r, v.Clinic.ID, &page)
	answer := wire.BookingRows{Bookings: make([]wire.BookingRow, len(page.Bookings)), Count: page.Count, More: page.More, Next: page.Next}
	for i, row := range page.Bookings {
		answer.Bookings[i] = encodeBooking(v, row)
	}
	return route.Encode(w, http.StatusOK, answer)
}

// overlay sets what the line knows better. Without the line the rows are as recorded.
func (b *Books) overlay(r *http.Request, id clinic.ID, page *register.BookingPage) {
	snap, _, err := b.Clinics.Snapshot(r.Context(), id)
	if err != nil {
		return
	}
	tickets := map[queue.TicketID]*queue.Ticket{}
	for i := range page.Bookings {
		if row := &page.Bookings[i]; row.Day >= snap.Day {
			if t, _, _, _, ok := snap.Find(row.Ticket); ok {
				tickets[row.Ticket] = &t
			}
		}
	}
	page.Overlay(tickets)
}

// showBooking is GET /v1/clinics/:clinic/history/:ticket.
func (b *Books) showBooking(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	row, err := b.Register.Booking(r.Context(), v.Clinic.ID, queue.TicketID(r.PathValue("ticket")), a.By)
	if err != nil {
		return of(err)
	}
	page := register.BookingPage{Bookings: []register.Booking{row}}
	b.overlay(r, v.Clinic.ID, &page)
	return route.Encode(w, http.StatusOK, encodeBooking(v, page.Bookings[0]))
}

// linkBooking is PUT /v1/clinics/:clinic/history/:ticket/member.
func (b *Books) linkBooking(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	var body wire.LinkRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	ticket := queue.TicketID(r.PathValue("ticket"))
	if err := b.Register.LinkBooking(r.Context(), id, ticket, register.MemberID(body.Member), a.By); err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, body)
}

// bookingQuery reads a search of bookings below a path of the body. Dates are those of the
// clinic's zone.
func bookingQuery(path string, s wire.BookingSearch, v view.View) (q register.BookingQuery, err error) {
	q = register.BookingQuery{Channel: s.Channel, Member: register.MemberID(s.Member), After: s.After}
	if s.Service != "" {
		ref, err := clinic.ParseRef(s.Service)
		if err != nil || ref.Clinic != v.Clinic.ID {
			return q, clinic.ErrNoService
		}
		q.Service = ref.Service
	}
	for _, name := range s.States {
		q.State = append(q.State, queue.State(name))
	}
	if s.Channel != "" && s.Channel != "web" && s.Channel != "desk" {
		return q, problem.Invalid(path+"channel", rule.NotOneOf, "value", s.Channel, "values", "web, desk")
	}
	if q.Text, err = route.Text(path+"text", s.Text, register.MostText, false); err != nil {
		return q, err
	}
	if q.Symptoms, err = route.Text(path+"symptoms", s.Symptoms, register.MostText, false); err != nil {
		return q, err
	}
	if q.DayFrom, err = route.DayField(path+"dayFrom", s.DayFrom); err != nil {
		return q, err
	}
	if q.DayTo, err = route.DayField(path+"dayTo", s.DayTo); err != nil {
		return q, err
	}
	for _, t := range []struct {
		name, date string
		days       int
		into       *time.Time
	}{
		{"issuedFrom", s.IssuedFrom, 0, &q.IssuedFrom}, {"issuedTo", s.IssuedTo, 1, &q.IssuedTo},
		{"updatedFrom", s.UpdatedFrom, 0, &q.UpdatedFrom}, {"updatedTo", s.UpdatedTo, 1, &q.UpdatedTo},
	} {
		day, err := route.DayField(path+t.name, t.date)
		if err != nil {
			return q, err
		}
		if day == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, string(day), v.Zone)
		if err != nil {
			return q, problem.Invalid(path+t.name, rule.NotDate, "value", t.date)
		}
		*t.into = at.AddDate(0, 0, t.days)
	}
	return q, nil
}

func encodeBooking(v view.View, b register.Booking) wire.BookingRow {
	ref := b.Ticket.Ref()
	service, _ := v.Clinic.Service(ref.Service)
	kind := b.Kind
	if k, ok := service.Kind(b.Kind); ok {
		kind = k.Name
	}
	room := b.Room
	if r, ok := v.Clinic.Room(b.Room); ok {
		room = r.Name
	}
	p := b.Patient
	return wire.BookingRow{
		Ticket: string(b.Ticket), Service: ref.String(), ServiceName: service.Name, Day: string(b.Day), State: string(b.State), Number: b.Number,
		Channel: b.Channel, PartySize: b.Party, FirstVisit: b.FirstVisit, Kind: kind, Session: b.Session, Slot: b.Slot, SlotEnd: b.SlotEnd, Room: room, Reason: b.Reason, Late: b.Late, Mark: b.Mark,
		Issued: v.At(b.Issued), Updated: v.At(b.Updated), Arrived: v.AtIfAny(b.Arrived), Called: v.AtIfAny(b.Called), Entered: v.AtIfAny(b.Entered), Ended: v.AtIfAny(b.Ended),
		MovedTo: string(b.MovedTo), MovedFrom: string(b.MovedFrom), Missing: v.AtIfAny(b.Missing), Erased: v.AtIfAny(b.Erased), Member: string(b.Member),
		Patient: wire.Patient{
			Name: p.Name, Phone: p.Phone, CardNumber: p.CardNumber, Kana: p.Kana, Birth: p.Birth.String(), Sex: p.Sex.String(), Mail: p.Mail,
			Symptoms: p.Symptoms, Memo: p.Memo, Consent: p.Consent,
		},
	}
}
