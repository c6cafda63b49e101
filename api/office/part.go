package office

import (
	"context"
	"net/http"
	"slices"

	"junban/api/problem"
	"junban/api/route"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// part is a part of a clinic's record that admins read and replace. It belongs to one
// service or, without one, to the clinic. T is its form in the API.
type part[T any] struct {
	*Office
	admin  admin
	most   int64 // bytes of a body
	rev    func(body T) string
	encode func(c clinic.Clinic, service int) (T, error)

	// change writes the part into a record whose services are a copy, and validates it.
	change func(c *clinic.Clinic, service int, body T) error
	// accept refuses a valid record for what is in line; nil accepts all.
	accept func(ctx context.Context, now, next clinic.Clinic, body T) error
}

// admin returns what a request is about, and the act of the admin who sends it.
type admin func(r *http.Request) (clinic.Ref, queue.Act, error)

func (o *Office) adminAtClinic(r *http.Request) (clinic.Ref, queue.Act, error) {
	id, a, err := o.Logins.AdminAtClinic(r)
	return clinic.Ref{Clinic: id}, a, err
}

// serviceIn returns the index of a service in the record, -1 for the clinic itself.
func serviceIn(c clinic.Clinic, of clinic.Ref) (int, error) {
	i := slices.IndexFunc(c.Services, func(s clinic.Service) bool { return s.ID == of.Service })
	if i < 0 && of.Service != "" {
		return i, clinic.ErrNoService
	}
	return i, nil
}

// show handles a GET. It reads the record from Redis, whatever is remembered of it.
func (p part[T]) show(w http.ResponseWriter, r *http.Request) error {
	of, _, err := p.admin(r)
	if err != nil {
		return err
	}
	c, err := p.Line.Clinic(r.Context(), of.Clinic)
	if err != nil {
		return err
	}
	return p.answer(w, c, of)
}

// set handles a PUT: the whole part, over that of the named rev.
func (p part[T]) set(w http.ResponseWriter, r *http.Request) error {
	n, err := p.next(w, r)
	if err != nil {
		return err
	}
	if p.accept != nil {
		if err := p.accept(r.Context(), n.now, n.next, n.body); err != nil {
			return err
		}
	}
	if err := p.Line.PutClinic(r.Context(), n.next, n.act); err != nil {
		return err
	}
	p.Clinics.Touch(n.of.Clinic)
	c, err := p.Clinics.Refresh(r.Context(), n.of.Clinic)
	if err != nil {
		return err
	}
	return p.answer(w, c, n.of)
}

// replacement is a request for another record.
type replacement[T any] struct {
	of        clinic.Ref
	act       queue.Act
	body      T
	now, next clinic.Clinic // next has the rev that the request names
}

// next reads a request to replace the part, and makes the valid record that would
// follow.
func (p part[T]) next(w http.ResponseWriter, r *http.Request) (n replacement[T], err error) {
	if n.of, n.act, err = p.admin(r); err != nil {
		return n, err
	}
	if err = route.DecodeStrict(w, r, &n.body, p.most); err != nil {
		return n, err
	}
	rev := p.rev(n.body)
	if rev == "" {
		return n, problem.Invalid("rev", rule.Missing)
	}
	if n.now, err = p.Line.Clinic(r.Context(), n.of.Clinic); err != nil {
		return n, err
	}
	i, err := serviceIn(n.now, n.of)
	if err != nil {
		return n, err
	}
	n.next = n.now
	n.next.Rev, n.next.Services = rev, slices.Clone(n.now.Services)
	return n, p.change(&n.next, i, n.body)
}

// answer encodes the part. Its service may have been removed by a concurrent change.
func (p part[T]) answer(w http.ResponseWriter, c clinic.Clinic, of clinic.Ref) error {
	i, err := serviceIn(c, of)
	if err != nil {
		return err
	}
	body, err := p.encode(c, i)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, body)
}
