package books

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
)

// Register is what the books read and change, as [register.Store] has it.
type Register interface {
	AddMember(ctx context.Context, c clinic.ID, f register.MemberFields, key string, by clinic.Actor) (register.Member, error)
	Member(ctx context.Context, c clinic.ID, id register.MemberID, by clinic.Actor) (register.Member, error)
	Resolve(ctx context.Context, c clinic.ID, id register.MemberID) (register.MemberID, error)
	EditMember(ctx context.Context, c clinic.ID, id register.MemberID, f register.MemberFields, version int64, by clinic.Actor) (register.Member, error)
	SearchMembers(ctx context.Context, c clinic.ID, q register.MemberQuery, by clinic.Actor) (register.MemberPage, error)
	Candidates(ctx context.Context, c clinic.ID, id register.MemberID, by clinic.Actor) ([]register.Member, error)
	Merge(ctx context.Context, c clinic.ID, keep, other register.MemberID, by clinic.Actor) (register.MergeRecord, error)
	Unmerge(ctx context.Context, c clinic.ID, id string, by clinic.Actor) (register.MergeRecord, error)
	Merges(ctx context.Context, c clinic.ID, id register.MemberID) ([]register.MergeRecord, error)
	ImportMembers(ctx context.Context, c clinic.ID, rows []register.ImportRow, dry bool, by clinic.Actor) (register.ImportResult, error)
	AccessLog(ctx context.Context, c clinic.ID, q register.AccessQuery) (register.AccessPage, error)
	Columns(ctx context.Context, c clinic.ID, user, of string) ([]string, error)
	SetColumns(ctx context.Context, c clinic.ID, user, of string, columns []string) error

	SearchBookings(ctx context.Context, c clinic.ID, q register.BookingQuery, by clinic.Actor) (register.BookingPage, error)
	BookingsOf(ctx context.Context, c clinic.ID, member register.MemberID, after string, by clinic.Actor) (register.BookingPage, error)
	Booking(ctx context.Context, c clinic.ID, ticket queue.TicketID, by clinic.Actor) (register.Booking, error)
	LinkBooking(ctx context.Context, c clinic.ID, ticket queue.TicketID, member register.MemberID, by clinic.Actor) error

	StartExport(ctx context.Context, c clinic.ID, q register.ExportRequest, by clinic.Actor) (register.Export, error)
	Exports(ctx context.Context, c clinic.ID) ([]register.Export, error)
	Export(ctx context.Context, c clinic.ID, id string) (register.Export, error)
	WriteExport(ctx context.Context, c clinic.ID, id string, w io.Writer, by clinic.Actor) error
	PersonData(ctx context.Context, c clinic.ID, member register.MemberID, by clinic.Actor) (register.PersonData, error)
	Erase(ctx context.Context, c clinic.ID, p register.Person, line register.Line, by clinic.Actor) (register.Certificate, error)
	Certificates(ctx context.Context, c clinic.ID) ([]register.Certificate, error)
	WriteLedger(ctx context.Context, c clinic.ID, service string, d clinic.Day, q register.ExportRequest, w io.Writer, by clinic.Actor) (replaced int64, err error)
	WriteSelected(ctx context.Context, c clinic.ID, q register.ExportRequest, w io.Writer, by clinic.Actor) (replaced int64, err error)
}

// Books are the register for the staff.
type Books struct {
	Register Register
	Line     register.Line // nil: nobody can be erased
	Clinics  *live.Clinics
	Logins   *login.Logins
	Limits   *limit.Limiter

	importing sync.Map     // clinics whose file is being read on this node
	imports   atomic.Int32 // how many those are
}

// Routes lists the routes of this audience. Words and wildcards cannot stand at the same
// place of a path, so searches and imports have places of their own.
func (b *Books) Routes() []route.Route {
	const members, member = "/v1/clinics/:clinic/members", "/v1/clinics/:clinic/members/:member"
	routes := []route.Route{
		route.Post("/v1/clinics/:clinic/search/members", route.Private, b.searchMembers),
		route.Post("/v1/clinics/:clinic/search/bookings", route.Private, b.searchBookings),
		route.Post("/v1/clinics/:clinic/import/members", route.Private, b.importMembers),
		route.Post(members, route.Private, b.addMember),
		route.Get(member, route.Private, b.showMember),
		route.Put(member, route.Private, b.editMember),
		route.Get(member+"/bookings", route.Private, b.showMemberBookings),
		route.Get(member+"/candidates", route.Private, b.showCandidates),
		route.Get(member+"/merges", route.Private, b.showMerges),
		route.Get(member+"/data", route.Private, b.showPersonData),
		route.Post(member+"/merge", route.Private, b.merge),
		route.Post(member+"/erase", route.Private, b.erase),
		route.Post("/v1/clinics/:clinic/merges/:merge/undo", route.Private, b.unmerge),
		route.Get("/v1/clinics/:clinic/history/:ticket", route.Private, b.showBooking),
		route.Put("/v1/clinics/:clinic/history/:ticket/member", route.Private, b.linkBooking),
		route.Get("/v1/clinics/:clinic/ledger", route.Private, b.showLedger),
		route.Get("/v1/clinics/:clinic/exports", route.Private, b.showExports),
		route.Post("/v1/clinics/:clinic/exports", route.Private, b.startExport),
		route.Post("/v1/clinics/:clinic/exports/selected", route.Private, b.exportSelected),
		route.Get("/v1/clinics/:clinic/exports/:export/file", route.Private, b.showExportFile),
		route.Get("/v1/clinics/:clinic/certificates", route.Private, b.showCertificates),
		route.Get("/v1/clinics/:clinic/accesses", route.Private, b.showAccesses),
		route.Get("/v1/users/me/columns/:table", route.Private, b.showColumns),
		route.Put("/v1/users/me/columns/:table", route.Private, b.setColumns),
	}
	for i := range routes {
		routes[i].Handler = answered(routes[i].Handler)
	}
	return routes
}

// at returns the clinic of the path, and the act of its user. mayEnter checks the login:
// [login.Logins.AtClinic] or [login.Logins.AdminAtClinic].
func (b *Books) at(r *http.Request, mayEnter func(*http.Request) (clinic.ID, queue.Act, error)) (v view.View, a queue.Act, err error) {
	id, a, err := mayEnter(r)
	if err == nil {
		v, err = b.Clinics.ViewClinic(r.Context(), id)
	}
	return v, a, err
}

// encodeAll encodes a list, which is never null.
func encodeAll[T, W any](v view.View, all []T, encode func(view.View, T) W) []W {
	encoded := make([]W, len(all))
	for i, one := range all {
		encoded[i] = encode(v, one)
	}
	return encoded
}

// down is a failure of the register's database. Its cause is for the log alone: it may name
// the database and its host.
type down struct{ cause error }

func (d down) Error() string { return "register_unavailable: " + d.cause.Error() }

// Unwrap returns the problem for the client, and the cause for the log.
func (d down) Unwrap() []error {
	return []error{problem.Problem{Code: "register_unavailable", Detail: "the register does not answer; try again in a few seconds"}, d.cause}
}

// answered turns what the register refuses into problems. Any other error of it means that
// its database did not answer.
func answered(h route.Handler) route.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		var own problem.Problem
		var refused interface{ Code() string }
		var ofRegister unanswered
		switch {
		case err == nil:
			return nil
		case register.InvalidFields(err) != nil:
			return problem.Fields(register.InvalidFields(err), "")
		case errors.Is(err, register.ErrBadQuery):
			return problem.Refuse("query_invalid", "%v", err) // with what is wrong
		case errors.As(err, &own), errors.As(err, &refused):
			return err
		case errors.As(err, &ofRegister):
			return down{err}
		}
		return err
	}
}

// unanswered marks an error that the register returned; others are of Redis.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// of marks an error of the register.
func of(err error) error {
	if err == nil {
		return nil
	}
	return unanswered{err}
}
