package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

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
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // see limitBodyTime
		if err != nil {
			return problem.Refuse("body_too_large", "the form is longer than %d bytes", maxForm)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return problem.Refuse("malformed_body", "the body is not a form")
		}
		typed = form
	}
	field := func(name string) string {
		v := strings.ToValidUTF8(typed.Get(name), "")
		return v[:min(len(v), directory.MaxQuery)]
	}
	p := static.LookupPage{
		Lang: static.Language(r), Service: route.Number(field("service")), Number: field("number"), PhoneEnd: field("phoneEnd"),
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
			p.Tickets = append(p.Tickets, static.LookupTicket{Number: t.Number, State: t.State, Ahead: t.Ahead, Unit: t.Unit, Advice: t.Advice})
		}
	}
	if len(p.Tickets) > 0 {
		p.Number, p.PhoneEnd, p.Code = "", "", "" // another person may use the device next
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
	p.Clinic, p.Name, p.ByCode = string(c.ID), c.Name, c.LookupRule() == clinic.LookupByCode
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
	body, err := json.Marshal(map[string]any{"service": p.Service, "number": number, "phoneEnd": end, "cancelCode": code})
	if err != nil {
		return answer, fmt.Errorf("look up: %w", err)
	}
	ask := r.Clone(r.Context())
	ask.Body, ask.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	ask.Header.Set("Content-Type", "application/json")
	var got recorded
	if err := ps.LookUp(&got, ask); err != nil {
		return answer, err
	}
	if err := json.Unmarshal(got.body.Bytes(), &answer); err != nil {
		return answer, fmt.Errorf("look up: %w", err)
	}
	return answer, nil
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
