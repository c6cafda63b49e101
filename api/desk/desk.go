package desk

import (
	"context"

	"junban/api/live"
	"junban/api/login"
	"junban/api/route"
	"junban/api/ticket"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// Line is what the desk does to a line, beside acts on one ticket.
type Line interface {
	CallNext(ctx context.Context, ref clinic.Ref, room string, a queue.Act) (queue.Ticket, error)
	Call(ctx context.Context, id queue.TicketID, room string, a queue.Act) (queue.Ticket, error)
	CancelMarked(ctx context.Context, c clinic.ID, m queue.Marked, a queue.Act) (int, error)
	SetReception(ctx context.Context, ref clinic.Ref, r queue.Reception, reason string, a queue.Act) error
	SetMessage(ctx context.Context, ref clinic.Ref, m queue.Message, a queue.Act) error
	SetDuty(ctx context.Context, c clinic.ID, room string, d queue.Duty, a queue.Act) error
	Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error)
	Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error)
	Reserved(ctx context.Context, c clinic.ID) ([]queue.Reserved, error)
	CloseDate(ctx context.Context, ref clinic.Ref, day clinic.Day, session string, a queue.Act) (int, error)
	Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error)
	PutClinic(ctx context.Context, c clinic.Clinic, a queue.Act) error
}

// Journal is the log of the clinics' days, newest entry first, as package journal has it.
type Journal interface {
	Page(ctx context.Context, c clinic.ID, d clinic.Day, q journal.Query) (journal.Page, error)
}

// Desk calls patients and runs the lines of its clinic.
type Desk struct {
	Line    Line
	Journal Journal
	Clinics *live.Clinics
	Logins  *login.Logins
	Tickets *ticket.Tickets
}

// Routes lists the routes of this audience.
func (d *Desk) Routes() []route.Route {
	return []route.Route{
		route.Post("/v1/services/:service/call", route.Private, d.call),
		route.Put("/v1/services/:service/reception", route.Private, d.setReception),
		route.Put("/v1/services/:service/message", route.Private, d.setMessage),
		route.Put("/v1/clinics/:clinic/rooms/:room/duty", route.Private, d.setDuty),
		route.Get("/v1/services/:service/slots", route.Private, d.showSlots),
		route.Get("/v1/services/:service/days/:day/bookings", route.Private, d.showDay),
		route.Post("/v1/services/:service/days/:day/close", route.Private, d.closeDate),
		route.Post("/v1/services/:service/days/:day/open", route.Private, d.openDate),
		route.Get("/v1/clinics/:clinic/acts", route.Private, d.showActs),
		route.Get("/v1/clinics/:clinic/bookings", route.Private, d.showBookings),
		route.Get("/v1/clinics/:clinic/missing", route.Private, d.showMissing),
		route.Get("/v1/clinics/:clinic/marks/:mark", route.Private, d.showMarked),
		route.Post("/v1/clinics/:clinic/marks/:mark/cancel", route.Private, d.cancelMarked),
	}
}
