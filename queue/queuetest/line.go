package queuetest

import (
	"context"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Line is what [queue.Store] and [Model] have in common.
type Line interface {
	Issue(context.Context, clinic.Ref, queue.Request, queue.Act) (queue.Issued, error)
	CallNext(context.Context, clinic.Ref, string, queue.Act) (queue.Ticket, error)
	Call(context.Context, queue.TicketID, string, queue.Act) (queue.Ticket, error)
	Do(context.Context, queue.TicketID, queue.ActKind, queue.Act) (queue.Ticket, error)
	Finish(ctx context.Context, id queue.TicketID, inaccurate bool, a queue.Act) (queue.Ticket, error)
	Transfer(context.Context, queue.TicketID, string, queue.Act) (queue.Ticket, error)
	Move(context.Context, queue.TicketID, int, string, queue.Act) (queue.Ticket, error)
	FileLost(context.Context, queue.TicketID, queue.Claim) (queue.Ticket, error)
	Restore(context.Context, queue.TicketID, queue.Claim, queue.Act) (queue.Ticket, error)
	Arrive(context.Context, queue.TicketID, queue.Presence, queue.Act) (queue.Ticket, error)
	Arrival(ctx context.Context, id queue.TicketID, by string, a queue.Act) (queue.Ticket, error)
	Rebook(ctx context.Context, id queue.TicketID, day clinic.Day, slot string, override bool, a queue.Act) (queue.Ticket, error)
	Edit(context.Context, queue.TicketID, queue.Edit, queue.Act) (queue.Ticket, error)
	CloseDate(ctx context.Context, ref clinic.Ref, day clinic.Day, session string, a queue.Act) (int, error)
	Contacted(ctx context.Context, id queue.TicketID, cut string, a queue.Act) (queue.Ticket, error)
	CancelMarked(context.Context, clinic.ID, queue.Marked, queue.Act) (int, error)
	CancelByOwner(context.Context, queue.TicketID, string, queue.Act) (queue.Ticket, error)
	SetReception(context.Context, clinic.Ref, queue.Reception, string, queue.Act) error
	SetMessage(context.Context, clinic.Ref, queue.Message, queue.Act) error
	SetDuty(context.Context, clinic.ID, string, queue.Duty, queue.Act) error
	Snapshot(context.Context, clinic.ID) (*queue.Snapshot, error)
	Offers(context.Context, clinic.Ref) ([]queue.Offer, error)
	Days(ctx context.Context, ref clinic.Ref, from, to clinic.Day) ([]queue.DayOffer, error)
	Nearest(ctx context.Context, ref clinic.Ref, day clinic.Day, slot string, firstVisit bool, n int) ([]queue.FreeSlot, error)
	Reserved(context.Context, clinic.ID) ([]queue.Reserved, error)
	Ticket(context.Context, queue.TicketID) (queue.Ticket, error)

	PutClinic(context.Context, clinic.Clinic, queue.Act) error
	Changes(context.Context, clinic.ID, int) ([]queue.Change, error)
	CloseDay(context.Context, clinic.ID, clinic.Day) error
	Figures(context.Context, clinic.ID, clinic.Day) (queue.Figures, error)
	Clinic(context.Context, clinic.ID) (clinic.Clinic, error)
	Clinics(context.Context) ([]clinic.Clinic, error)
	RemoveClinic(context.Context, clinic.ID) error

	TakeTokens(context.Context, queue.Charge) (queue.Shortage, error)
	LookForTokens(context.Context, queue.Charge) (queue.Shortage, error)
	GiveTokens(context.Context, queue.Charge) error
	Secret(context.Context) ([]byte, error)
}

var (
	_ Line = (*queue.Store)(nil)
	_ Line = (*Model)(nil)
)

// Shape is a snapshot without what two lines that did the same may differ in:
// ids, times and epochs.
type Shape struct {
	Version uint64
	Lines   []LineShape
	Duties  []queue.DutyState // of the rooms
}

// LineShape is one service's part of a [Shape].
type LineShape struct {
	Service                                          string
	Reception                                        queue.Reception
	Standing, Temporary, Notice, Why                 string
	Open, Waiting, Absent, Held, Lost, Booked, Ended []TicketShape
	Availability, FirstVisit                         queue.Availability
	Serving                                          string
	Slots                                            []queue.SlotState
}

// TicketShape is a ticket in a [Shape].
type TicketShape struct {
	Number, Party, Attempt  int
	State                   queue.State
	Channel, Mark, Room     string
	FirstVisit, Returned    bool
	Kind                    string
	Inaccurate, HasCode     bool
	Acts                    []queue.ActKind
	LastAct                 queue.ActKind
	AheadTickets            int
	AheadPeople             int
	Name                    string
	Place, Lane, Reason     string
	Leg                     int
	Presence                queue.Presence
	Affected                bool
	Slot, SlotEnd, LineSlot string
	SlotFrom, SlotTo        int64 // milliseconds
	Weight                  int
	Late, HasArrived        bool
	Moved                   bool // to another day, or from one
}

// ShapeOf returns the shape of a snapshot.
func ShapeOf(s *queue.Snapshot) Shape {
	shape := Shape{Version: s.Version}
	for _, l := range s.Lines {
		of := func(ts []queue.Ticket) []TicketShape {
			var out []TicketShape
			for _, t := range ts {
				_, _, tickets, people, _ := s.Find(t.ID)
				out = append(out, TicketShape{
					t.Number, t.Party, t.Attempt, t.State, t.Channel, t.Mark, t.Room, t.FirstVisit, t.Returned, t.Kind, t.Inaccurate, t.HasCode,
					t.Acts(), t.LastAct, tickets, people, s.Patients[t.ID].Name,
					t.Position, t.Line, t.Reason, t.Leg, t.Presence, s.Affected(t) != "",
					t.Slot, t.SlotEnd, t.LineSlot, ms(t.SlotFrom), ms(t.SlotTo), t.Weight, t.Late, !t.Arrived.IsZero(), t.MovedTo+t.MovedFrom != "",
				})
			}
			return out
		}
		shape.Lines = append(shape.Lines, LineShape{
			l.Service.ID, l.Reception, l.Standing, l.Temporary.Text, l.Notice.Reason, l.Manual.Reason,
			of(l.Open), of(l.Waiting), of(l.Absent), of(l.Held), of(l.Lost), of(l.Booked), of(l.Ended), l.Availability, l.FirstVisit, l.Serving, slotShapes(l.Slots),
		})
	}
	for _, r := range s.Rooms {
		shape.Duties = append(shape.Duties, r.Duty.State)
	}
	return shape
}

// ms is an instant in milliseconds, 0 for none.
func ms(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// slotShapes are slots in one form of their instants.
func slotShapes(slots []queue.SlotState) (shapes []queue.SlotState) {
	for _, s := range slots {
		s.From, s.To = time.UnixMilli(s.From.UnixMilli()).UTC(), time.UnixMilli(s.To.UnixMilli()).UTC()
		shapes = append(shapes, s)
	}
	return shapes
}
