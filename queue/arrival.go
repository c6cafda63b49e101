package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"junban/queue/clinic"
)

// Who sends an arrival.
const (
	ByDesk  = "desk"
	ByOwner = "owner" // the patient, by the code at the entrance
)

// arrivalRules are what lua/arrival.lua gets of a service. Times are milliseconds.
type arrivalRules struct {
	Numbering  string `json:"numbering"`
	BySlot     bool   `json:"bySlot,omitempty"`
	Late       string `json:"late"`
	Grace      int64  `json:"grace"`
	ArriveFrom int64  `json:"arriveFrom"`
}

// Arrival is the arrival of a patient who booked a slot of today (来院受付): booked →
// waiting, with the number and the place in the line. A repeat returns the ticket as it is.
//
// The ticket stands at the end of its slot. One that arrives after the slot's end and
// [clinic.Slot].Grace is late, and stands by [clinic.Slot].Late. The entrance code works
// from [clinic.Slot].ArriveFrom on ([ErrTooEarly]), and not for a late ticket where the
// desk decides ([ErrTooLate]). Other refusals: [ErrNoTicket], [ErrTicketChanged],
// [ErrState], [ErrDayAhead], [ErrDayOver], [clinic.ErrNoService].
func (s *Store) Arrival(ctx context.Context, id TicketID, by string, a Act) (Ticket, error) {
	ref := id.Ref()
	t, err := s.ticketAct(ctx, scriptCall{name: "arrival", ref: ref, day: id.Day(), same: []string{string(id), by}}, a, func(k record, _ clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		slot := service.Slot
		rules, err := json.Marshal(arrivalRules{
			numbering(service.Numbers), slot.NumberBySlot, slot.Late, minutesMs(slot.Grace), minutesMs(slot.ArriveFrom),
		})
		return []any{string(id), by, string(rules)}, err
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("arrival of %s: %w", id, err)
	}
	return t, nil
}

// minutesMs returns minutes as milliseconds.
func minutesMs(minutes int) int64 { return int64(minutes) * time.Minute.Milliseconds() }

// reachArg is how far ahead "next" calls tickets of a service in slot mode, for
// lua/call_next.lua; "" in order mode.
func reachArg(s clinic.Service) string {
	if !s.BySlot() {
		return ""
	}
	return strconv.FormatInt(minutesMs(s.Slot.Reach), 10)
}

// slotsArg are the slots of a line's day, for lua/transfer.lua; "" in order mode.
func (k record) slotsArg(s clinic.Service, day clinic.Day) string {
	if !s.BySlot() {
		return ""
	}
	from, _ := k.Bounds(day, k.loc)
	arg := " "
	for _, slot := range k.slotsOf(s, day) {
		arg += fmt.Sprintf("%s %d %d,", slot.Start, slotUnit(slot.From, from), slot.To.UnixMilli())
	}
	return arg
}

// slotServices are the services in slot mode, each between commas, for lua/undo.lua.
func (k record) slotServices() string {
	list := ","
	for _, service := range k.Services {
		if service.BySlot() {
			list += service.ID + ","
		}
	}
	return list
}
