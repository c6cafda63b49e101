package office

import (
	"context"

	"junban/account"
	"junban/api/live"
	"junban/api/login"
	"junban/api/route"
	"junban/api/secret"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/lessons"
	"junban/queue/outbox"
	"junban/static"
)

// Line are a clinic's record, and what is kept of its days.
type Line interface {
	Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error)
	PutClinic(ctx context.Context, c clinic.Clinic, a queue.Act) error
	Changes(ctx context.Context, c clinic.ID, n int) ([]queue.Change, error)
	Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error)
	Reserved(ctx context.Context, c clinic.ID) ([]queue.Reserved, error)
	TicketsOf(ctx context.Context, c clinic.ID, d clinic.Day, ids []queue.TicketID) (map[queue.TicketID]queue.Ticket, map[queue.TicketID]queue.Patient, error)
}

// Users are the users of a clinic.
type Users interface {
	User(ctx context.Context, c clinic.ID, name string) (account.User, error)
	Users(ctx context.Context, c clinic.ID) ([]account.User, error)
	AddUser(ctx context.Context, c clinic.ID, name string, role account.Role, passwordHash string, by clinic.Actor) error
	SetRole(ctx context.Context, c clinic.ID, name string, role account.Role, by clinic.Actor) error
	SetPassword(ctx context.Context, c clinic.ID, name, passwordHash, keep string, by clinic.Actor) error
	RemoveUser(ctx context.Context, c clinic.ID, name string, by clinic.Actor) error
}

// Lessons is the accuracy of the forecasts of past sessions, as package lessons has it.
type Lessons interface {
	Accuracy(ctx context.Context, c clinic.ID) ([]lessons.Accuracy, error)
}

// Office is where a clinic's settings, timetable and users are changed.
type Office struct {
	Line      Line
	Lessons   Lessons
	Accounts  Users
	Clinics   *live.Clinics
	Logins    *login.Logins
	Passwords *login.Passwords
	Keys      secret.Keys

	// Of notices. Without an outbox there are no routes of them, and the others are not used.
	Outbox   Outbox
	Composer Composer
	Site     *static.Site     // has the words of files
	SetUp    []outbox.Channel // that the server can send through
}

// Routes lists the routes of this audience.
func (o *Office) Routes() []route.Route {
	settings, week := o.clinicSettings(), o.timetable(o.adminAtClinic)
	service, own := o.serviceSettings(), o.timetable(o.Logins.AdminAtService)
	return append([]route.Route{
		route.Get("/v1/services/:service/settings", route.Private, service.show),
		route.Put("/v1/services/:service/settings", route.Private, service.set),
		route.Post("/v1/services/:service/settings/affected", route.Private, service.showAffected),
		route.Post("/v1/services/:service/settings/seats", route.Private, o.showSeats),
		route.Get("/v1/services/:service/timetable", route.Private, own.show),
		route.Put("/v1/services/:service/timetable", route.Private, own.set),
		route.Post("/v1/services/:service/timetable/affected", route.Private, own.showAffected),
		route.Get("/v1/clinics/:clinic/settings", route.Private, settings.show),
		route.Put("/v1/clinics/:clinic/settings", route.Private, settings.set),
		route.Get("/v1/clinics/:clinic/timetable", route.Private, week.show),
		route.Put("/v1/clinics/:clinic/timetable", route.Private, week.set),
		route.Post("/v1/clinics/:clinic/timetable/affected", route.Private, week.showAffected),
		route.Get("/v1/clinics/:clinic/changes", route.Private, o.showChanges),
		route.Get("/v1/clinics/:clinic/accuracy", route.Private, o.showAccuracy),
		route.Get("/v1/clinics/:clinic/users", route.Private, o.showUsers),
		route.Post("/v1/clinics/:clinic/users", route.Private, o.addUser),
		route.Delete("/v1/clinics/:clinic/users/:user", route.Private, o.removeUser),
		route.Put("/v1/clinics/:clinic/users/:user/role", route.Private, o.setRole),
		route.Put("/v1/clinics/:clinic/users/:user/password", route.Private, o.setPassword),
	}, o.noticeRoutes()...)
}
