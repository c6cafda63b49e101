package books

import (
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/rule"
	"junban/register"
)

// showPersonData is GET /v1/clinics/:clinic/members/:member/data: all that is kept of a
// person, as a file in JSON; for admins.
func (b *Books) showPersonData(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	data, err := b.Register.PersonData(r.Context(), id, named(r), a.By)
	if err != nil {
		return of(err)
	}
	route.AsFile(w.Header(), "application/json", "member-"+string(named(r))+".json")
	return route.Encode(w, http.StatusOK, data)
}

// erase is POST /v1/clinics/:clinic/members/:member/erase; for admins. The number in the
// body must be the member's.
func (b *Books) erase(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AdminAtClinic)
	if err != nil {
		return err
	}
	var body wire.EraseRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	m, err := b.Register.Member(r.Context(), v.Clinic.ID, named(r), a.By)
	if err != nil {
		return of(err)
	}
	if body.Number != m.Number {
		return problem.Invalid("number", rule.NotOneOf, "value", body.Number, "values", m.Number)
	}
	ctx, cancel := route.Longer(r)
	defer cancel()
	done, err := b.Register.Erase(ctx, v.Clinic.ID, register.Person{Member: m.ID}, b.Line, a.By)
	if problem.Unreachable(err) { // the line, perhaps: a repeat goes on
		return err
	}
	if err != nil {
		return of(err)
	}
	b.Clinics.Touch(v.Clinic.ID)
	return route.Encode(w, http.StatusOK, encodeCertificate(v, done))
}

// showCertificates is GET /v1/clinics/:clinic/certificates.
func (b *Books) showCertificates(w http.ResponseWriter, r *http.Request) error {
	v, _, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	all, err := b.Register.Certificates(r.Context(), v.Clinic.ID)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.Certificates{Certificates: encodeAll(v, all, encodeCertificate)})
}

func encodeCertificate(v view.View, c register.Certificate) wire.Certificate {
	r := c.Removed
	return wire.Certificate{ID: c.ID, At: v.At(c.At), By: c.By, Removed: wire.Removed{
		Members: r.Members, Merges: r.Merges, Bookings: r.Bookings, Exports: r.Exports, Line: r.Line, RedisFile: string(r.RedisFile), DatabaseLog: r.DatabaseLog,
	}}
}
