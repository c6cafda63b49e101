package office

import (
	"net/http"
	"reflect"

	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// encodeSlot returns the settings of slot mode. A service that never was in it gets the
// defaults, so that a form has values to begin with.
func encodeSlot(s clinic.Service) *wire.SlotSettings {
	slot := s.Slot
	if reflect.ValueOf(slot).IsZero() {
		slot = clinic.NewSlot()
	}
	out := &wire.SlotSettings{
		Minutes: slot.Minutes, Web: slot.Web, Desk: slot.Desk, Seats: make([]wire.SlotSeats, len(slot.Seats)), Per: slot.Per, First: slot.First, Early: slot.Early,
		Lead: slot.Lead, Late: slot.Late, Grace: slot.Grace, ArriveFrom: slot.ArriveFrom, NoShow: slot.NoShow, Reach: slot.Reach, NumberBySlot: slot.NumberBySlot,
	}
	for i, e := range slot.Seats {
		out.Seats[i] = wire.SlotSeats{Date: string(e.Date), Weekday: e.Weekday, Session: e.Session, Slot: string(e.Slot), Web: e.Web, Desk: e.Desk}
	}
	return out
}

// decodeSlot returns the settings of slot mode as the record has them.
func decodeSlot(body wire.SlotSettings) clinic.Slot {
	slot := clinic.Slot{
		Minutes: body.Minutes, Web: body.Web, Desk: body.Desk, Per: body.Per, First: body.First, Early: body.Early,
		Lead: body.Lead, Late: body.Late, Grace: body.Grace, ArriveFrom: body.ArriveFrom, NoShow: body.NoShow, Reach: body.Reach, NumberBySlot: body.NumberBySlot,
	}
	for _, e := range body.Seats {
		slot.Seats = append(slot.Seats, clinic.SlotSeats{Date: clinic.Day(e.Date), Weekday: e.Weekday, Session: e.Session, Slot: hours.Clock(e.Slot), Web: e.Web, Desk: e.Desk})
	}
	return slot
}

func encodeCancel(r clinic.CancelRule) *wire.CancelRule {
	return &wire.CancelRule{Anchor: r.Anchor, Minutes: r.Minutes, Days: r.Days, At: string(r.At), Ahead: r.Ahead}
}

func encodeKinds(s clinic.Service) []wire.Kind {
	all := make([]wire.Kind, len(s.Kinds))
	for i, k := range s.Kinds {
		all[i] = wire.Kind(k)
	}
	return all
}

// changeBooking writes the mode, and what a request has of the settings that came with
// it. A service that enters slot mode for the first time gets the defaults of the rest.
func changeBooking(s *clinic.Service, body wire.Settings) {
	isNew := body.Mode == clinic.ModeSlot && reflect.ValueOf(s.Slot).IsZero()
	if isNew {
		days := s.Booking.Days
		s.FillSlotDefaults()
		s.Booking.Days = days
	}
	if body.Mode != "" {
		s.Mode = body.Mode
	}
	if body.Slot != nil {
		s.Slot = decodeSlot(*body.Slot)
	}
	if !s.BySlot() && reflect.DeepEqual(s.Slot, clinic.NewSlot()) { // the usual is not worth a word in the record
		s.Slot = clinic.Slot{}
	}
	if r := body.Cancel; r != nil {
		s.Cancel = clinic.CancelRule{Anchor: r.Anchor, Minutes: r.Minutes, Days: r.Days, At: hours.Clock(r.At), Ahead: r.Ahead}
	}
	if body.Limits != nil {
		s.Limits = clinic.PersonLimits(*body.Limits)
	}
	if f := body.Form; f != nil {
		s.Form = clinic.FormFields{First: clinic.VisitForm(f.First), Again: clinic.VisitForm(f.Again)}
	}
}

// showSeats is POST …/settings/seats: the seats of a week with the settings in the
// request.
func (o *Office) showSeats(w http.ResponseWriter, r *http.Request) error {
	n, err := o.serviceSettings().next(w, r)
	if err != nil {
		return err
	}
	s, _ := n.next.Service(n.of.Service)
	out := wire.WeekSeats{Days: []wire.DaySeats{}, Web: new(0), Desk: new(0)}
	for _, d := range n.next.SeatsAWeek(s) {
		out.Days = append(out.Days, wire.DaySeats(d))
		out.Slots += d.Slots
		out.Web, out.Desk = clinic.AddSeats(out.Web, d.Web), clinic.AddSeats(out.Desk, d.Desk)
	}
	return route.Encode(w, http.StatusOK, out)
}
