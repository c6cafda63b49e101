package page

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"junban/api/directory"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/static"
)

// maxForm is the longest form that is read, in bytes.
const maxForm = 4 << 10

// lookupPage is /lookup: the way back to a ticket whose page is lost (B14). It
// works without scripts. A GET shows the form, for the clinic or service of the query
// if there is one. A POST does what POST /v1/lookup does, under the same limits.
func (ps *Pages) lookupPage(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query()
	if r.Method == http.MethodPost {
		form, err := readForm(w, r, maxForm)
		if err != nil {
			return err
		}
		typed = form
	}
	field := func(name string) string {
		v := strings.ToValidUTF8(typed.Get(name), "")
		return v[:min(len(v), directory.MaxQuery)]
	}
	p := static.LookupPage{
		Lang: static.Language(r), Service: route.Number(field("service")), Number: field("number"), PhoneEnd: field("phoneEnd"),
		Phone: field("phone"),
	}
	if r.Method == http.MethodPost { // a link never has a code: its address is in histories and logs
		p.Code = field("cancelCode")
	}
	if err := ps.offerServices(r, &p, field("clinic")); err != nil {
		return err
	}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		answer, err := ps.askLookup(r, p)
		if err != nil {
			wrong, after := problem.Of(err)
			if wrong.Status >= http.StatusInternalServerError {
				return err
			}
			if p.Wrong, status = wrong.Code, wrong.Status; after > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())+1))
			}
		}
		p.Asked = err == nil
		for _, t := range answer.Tickets {
			p.Tickets = append(p.Tickets, foundTicket(t))
		}
	}
	if len(p.Tickets) > 0 {
		p.Number, p.PhoneEnd, p.Phone, p.Code = "", "", "", "" // another person may use the device next
	}
	w.Header().Set("Cache-Control", "no-store")
	return ps.renderAs(w, r, status, p)
}

// offerServices fills in the services of the clinic that is named, to choose from.
// A clinic that is unknown, or may not be asked for now, leaves a field to type.
func (ps *Pages) offerServices(r *http.Request, p *static.LookupPage, number string) error {
	ref, err := clinic.ParseRef(p.Service)
	if err == nil {
		number = string(ref.Clinic)
	}
	id, err := clinic.ParseID(number)
	if err != nil {
		return nil
	}
	c, err := ps.lookupClinic(r, id)
	if err != nil {
		if wrong, _ := problem.Of(err); wrong.Status >= http.StatusInternalServerError {
			return err
		}
		return nil
	}
	v, err := ps.Clinics.View(c)
	if err != nil {
		return err
	}
	p.Clinic, p.Name, p.ByCode, p.Call, p.Today = string(c.ID), c.Name, c.LookupRule() == clinic.LookupByCode, c.Phone, string(v.Today())
	p.BySlot = slices.ContainsFunc(c.Services, clinic.Service.BySlot)
	for _, svc := range view.Services(c) {
		p.Services = append(p.Services, static.LookupService{Service: svc.Service, Name: svc.Name})
	}
	return nil
}

func (ps *Pages) lookupClinic(r *http.Request, id clinic.ID) (clinic.Clinic, error) {
	if err := ps.Limits.AuthorizeLookup(r, id); err != nil {
		return clinic.Clinic{}, err
	}
	return ps.Clinics.Record(r.Context(), id)
}

// askLookup sends what was typed through the contract's own route.
func (ps *Pages) askLookup(r *http.Request, p static.LookupPage) (answer wire.LookupAnswer, err error) {
	if p.Number == "" && p.Phone != "" {
		ask, err := jsonRequest(r, wire.LookupRequest{Service: p.Service, Phone: p.Phone, CancelCode: route.Code(p.Code)})
		if err != nil {
			return answer, err
		}
		return answer, through(ps.LookUp, ask, &answer)
	}
	number, err := strconv.Atoi(route.Number(p.Number))
	if err != nil || number < 1 {
		return answer, problem.Invalid("number", problem.NotNumber, "value", p.Number)
	}
	end, code := route.Number(p.PhoneEnd), route.Code(p.Code)
	if code != "" {
		end = "" // the code proves more
	}
	if end == "" && code == "" {
		return answer, problem.Invalid("phoneEnd", problem.EitherOr, "other", "cancelCode")
	}
	ask, err := jsonRequest(r, map[string]any{"service": p.Service, "number": number, "phoneEnd": end, "cancelCode": code})
	if err != nil {
		return answer, err
	}
	return answer, through(ps.LookUp, ask, &answer)
}

// recorded keeps an answer of a handler for another one.
type recorded struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorded) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}

func (r *recorded) Write(b []byte) (int, error) { return r.body.Write(b) }
func (r *recorded) WriteHeader(int)             {}

// foundTicket is a ticket that a lookup has found, as the page shows it.
func foundTicket(t wire.LookupTicket) static.LookupTicket {
	shown := static.LookupTicket{
		Number: t.Number, State: t.State, Day: t.Day, Slot: t.Slot, SlotEnd: t.SlotEnd, Handle: t.Handle, TooLate: t.WhyNot == "cancel_too_late",
		Ahead: t.Ahead, Unit: t.Unit, Advice: t.Advice,
	}
	if t.CancelUntil != nil {
		shown.CancelUntil = t.CancelUntil.Time
	}
	return shown
}

// cancelFound is POST /lookup/cancel: the cancel of a ticket that a lookup has found
// (B15). It needs the code, which is never in a link or filled in.
func (ps *Pages) cancelFound(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(w, r, maxForm)
	if err != nil {
		return err
	}
	p := static.LookupPage{Lang: static.Language(r), Service: route.Number(form.Get("service"))}
	if err := ps.offerServices(r, &p, ""); err != nil {
		return err
	}
	ask, err := jsonRequest(r, wire.LookupCancelRequest{Handle: form.Get("handle"), Code: route.Code(form.Get("code"))})
	if err != nil {
		return err
	}
	ask.Header.Set("Idempotency-Key", rand.Text())
	var answer wire.LookupCancelled
	status := http.StatusOK
	if err := through(ps.CancelFound, ask, &answer); err != nil {
		wrong, after := problem.Of(err)
		if wrong.Status >= http.StatusInternalServerError {
			return err
		}
		if p.Failed, status = wrong.Code, wrong.Status; after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())+1))
		}
	} else {
		done := foundTicket(answer.Ticket)
		p.Done = &done
	}
	w.Header().Set("Cache-Control", "no-store")
	return ps.renderAs(w, r, status, p)
}
