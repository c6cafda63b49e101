package page

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/static"
)

// maxBookForm is the longest form of a booking that is read, in bytes. Each of its
// characters may take nine.
const maxBookForm = 16 << 10

// bookPage is /s/:service/book, where a patient books a slot (A02 B08). It works
// without scripts. A GET shows the days and the slots of one of them. A POST shows the
// form again, asks whether to book, or books as POST …/tickets does. The question comes
// before each booking, and its form alone has the key that makes the request one booking.
func (ps *Pages) bookPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	v, svc, err := ps.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	lang := static.Language(r)
	if !svc.BySlot() {
		http.Redirect(w, r, "/s/"+ref.String()+"?lang="+lang, http.StatusSeeOther)
		return nil
	}
	typed := r.URL.Query()
	if r.Method == http.MethodPost {
		if typed, err = readForm(w, r, maxBookForm); err != nil {
			return err
		}
	}
	unlisted(w, v.Clinic)
	b := booking{ps: ps, r: r, ref: ref, view: v, service: svc, typed: typed, page: static.BookPage{
		Lang: lang, Step: static.BookChoose, Clinic: v.Clinic.Name, Number: string(ref.Clinic), Service: ref.String(), Name: svc.Name, Phone: v.Clinic.Phone,
		Today: string(v.Today()), FirstVisit: cmp.Or(svc.First, clinic.FirstByWeb), MaxParty: svc.MaxParty,
	}}
	b.readTyped()
	status := http.StatusOK
	if r.Method == http.MethodPost {
		if status, err = b.post(w); err != nil {
			return err
		}
	}
	if b.page.Step == static.BookChoose {
		if err := b.readDays(typed.Get("from")); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return ps.renderAs(w, r, status, b.page)
}

// readForm reads a form of one of our own pages.
func readForm(w http.ResponseWriter, r *http.Request, most int64) (url.Values, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // see limitBodyTime
	if err != nil {
		return nil, problem.Refuse("body_too_large", "the form is longer than %d bytes", most)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, problem.Refuse("malformed_body", "the body is not a form")
	}
	return form, nil
}

// booking is one request of the page of a booking.
type booking struct {
	ps      *Pages
	r       *http.Request
	ref     clinic.Ref
	view    view.View
	service clinic.Service
	typed   url.Values
	page    static.BookPage
}

func (b *booking) field(name string) string {
	return strings.ToValidUTF8(strings.TrimSpace(b.typed.Get(name)), "")
}

// readTyped takes over what was chosen and typed. What is no choice is dropped.
func (b *booking) readTyped() {
	p := &b.page
	p.Day, p.Slot, p.SlotEnd = b.field("day"), b.field("slot"), b.field("slotEnd")
	if offer := strings.Fields(b.field("offer")); len(offer) == 3 {
		p.Day, p.Slot, p.SlotEnd = offer[0], offer[1], offer[2]
	}
	if _, err := time.Parse(time.DateOnly, p.Day); err != nil {
		p.Day = ""
	}
	if p.Day == "" || !isClock(p.Slot) {
		p.Slot, p.SlotEnd = "", ""
	}
	if !isClock(p.SlotEnd) {
		p.SlotEnd = ""
	}
	switch step := b.field("step"); {
	case !b.service.FirstOnWeb():
	case step == "first":
		p.First = true
	case step != "again":
		p.First = b.field("first") == "1"
	}
	for _, k := range b.service.Kinds {
		p.Kinds = append(p.Kinds, static.BookChoice{ID: k.ID, Name: k.Name})
		if k.ID == b.field("kind") {
			p.Kind = k.ID
		}
	}
	n, _ := strconv.Atoi(b.field("partySize"))
	p.Party = max(1, min(n, p.MaxParty))
	for _, name := range clinic.VisitFields {
		need := b.service.Need(name, p.First)
		if need == clinic.Off {
			continue
		}
		if name == "card" {
			name = "cardNumber"
		}
		f := static.BookField{Name: name, Need: need, Value: b.field(name)}
		if card := b.view.Clinic.Card; name == "cardNumber" && card.Most > 0 {
			f.Hint = b.ps.Site.Text(p.Lang, "patient.cardDigits", "count", digits(card))
		}
		p.Fields = append(p.Fields, f)
	}
}

// digits is how many digits a card number has: "4–6".
func digits(c clinic.Card) string {
	if c.Least == c.Most {
		return strconv.Itoa(c.Most)
	}
	return fmt.Sprintf("%d–%d", c.Least, c.Most)
}

// post does what the pressed button asks for. It returns the status of the page.
func (b *booking) post(w http.ResponseWriter) (int, error) {
	p := &b.page
	step := b.field("step")
	if b.field("offer") != "" {
		step = static.BookCheck
	}
	if step != static.BookCheck && step != static.BookDo {
		return http.StatusOK, nil
	}
	if b.findMissing(); len(p.Missing) > 0 {
		p.Wrong = "field_invalid"
		return http.StatusBadRequest, nil
	}
	if step == static.BookCheck {
		p.Step, p.Key = static.BookCheck, rand.Text()
		return http.StatusOK, b.endOfSlot()
	}
	issued, err := b.issue()
	if err != nil {
		return b.refused(w, err)
	}
	return http.StatusCreated, b.done(issued)
}

// findMissing lists the required fields that are empty.
func (b *booking) findMissing() {
	p := &b.page
	if p.Slot == "" {
		p.Missing = append(p.Missing, "slot")
	}
	if len(p.Kinds) > 0 && p.Kind == "" {
		p.Missing = append(p.Missing, "kind")
	}
	for _, f := range p.Fields {
		if f.Required() && f.Value == "" {
			p.Missing = append(p.Missing, f.Name)
		}
	}
}

// endOfSlot finds the end of the chosen slot in the day's slots, where the form lacks it.
func (b *booking) endOfSlot() error {
	p := &b.page
	if p.SlotEnd != "" {
		return nil
	}
	days, err := b.days(p.Day, p.Day)
	if err != nil {
		return err
	}
	for _, d := range days.Days {
		for _, session := range d.Sessions {
			for _, slot := range session.Slots {
				if d.Day == p.Day && slot.Slot == p.Slot {
					p.SlotEnd = slot.To
				}
			}
		}
	}
	return nil
}

// issue sends the booking through the contract's own route, with the key of the page
// that asked.
func (b *booking) issue() (issued wire.Issued, err error) {
	p := &b.page
	p.Key = b.field("key")
	q := wire.IssueRequest{PartySize: p.Party, FirstVisit: p.First, Kind: p.Kind, Day: p.Day, Slot: p.Slot}
	for _, f := range p.Fields {
		switch f.Name {
		case "name":
			q.Patient.Name = f.Value
		case "phone":
			q.Patient.Phone = f.Value
		case "cardNumber":
			q.Patient.CardNumber = f.Value
		case "kana":
			q.Patient.Kana = f.Value
		case "birth":
			q.Patient.Birth = f.Value
		case "sex":
			q.Patient.Sex = f.Value
		case "mail":
			q.Patient.Mail = f.Value
		case "symptoms":
			q.Patient.Symptoms = strings.ReplaceAll(f.Value, "\r\n", "\n")
		case "consent":
			q.Patient.Consent = f.Value != ""
		}
	}
	ask, err := jsonRequest(b.r, q)
	if err != nil {
		return issued, err
	}
	ask.Header.Set("Idempotency-Key", p.Key)
	err = through(b.ps.Issue, ask, &issued)
	return issued, err
}

// jsonRequest is the request of a page as one of the contract, with a body.
func jsonRequest(r *http.Request, body any) (*http.Request, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode a request: %w", err)
	}
	ask := r.Clone(r.Context())
	ask.Body, ask.ContentLength = io.NopCloser(bytes.NewReader(encoded)), int64(len(encoded))
	ask.Header.Set("Content-Type", "application/json")
	return ask, nil
}

// through sends a request through a handler of the contract, and decodes its answer.
func through(h route.Handler, ask *http.Request, answer any) error {
	var got recorded
	if err := h(&got, ask); err != nil {
		return err
	}
	if err := json.Unmarshal(got.body.Bytes(), answer); err != nil {
		return fmt.Errorf("decode the answer of a page's request: %w", err)
	}
	return nil
}

// refused shows why nothing was booked. All that was typed stays. A booking that may have
// been made can be sent again with its key.
func (b *booking) refused(w http.ResponseWriter, err error) (int, error) {
	p := &b.page
	wrong, after := problem.Of(err)
	p.Wrong = wrong.Code
	if after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())+1))
	}
	if wrong.Status >= http.StatusInternalServerError {
		p.Step = static.BookCheck
		return wrong.Status, nil
	}
	p.Key = ""
	for _, e := range wrong.Errors {
		if name, ok := strings.CutPrefix(e.Pointer, "/patient/"); ok {
			p.Invalid = append(p.Invalid, name)
		} else if e.Pointer == "/slot" || e.Pointer == "/kind" {
			p.Invalid = append(p.Invalid, e.Pointer[1:])
		}
	}
	if wrong.OpensAt != nil {
		p.OpensAt = wrong.OpensAt.Time
	}
	for _, o := range wrong.Offers {
		p.Offers = append(p.Offers, static.BookSlot{Day: o.Day, Slot: o.Slot, To: o.To, Mark: o.Availability, Open: true})
	}
	inOrder(p.Offers, p.Day, p.Slot)
	return wrong.Status, nil
}

// inOrder sorts offers by time, and marks the one that is nearest to a slot of a day:
// the nearest of that day, else the first.
func inOrder(offers []static.BookSlot, day, slot string) {
	slices.SortFunc(offers, func(a, b static.BookSlot) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Slot, b.Slot)) })
	nearest, least := 0, math.MaxInt
	wanted, _ := hours.Clock(slot).Minutes()
	for i, o := range offers {
		at, _ := hours.Clock(o.Slot).Minutes()
		if away := max(at-wanted, wanted-at); o.Day == day && away < least {
			nearest, least = i, away
		}
	}
	if len(offers) > 0 {
		offers[nearest].Nearest = true
	}
}

// done shows the booking, with its code.
func (b *booking) done(issued wire.Issued) error {
	p := &b.page
	t := issued.Ticket
	p.Step, p.Day, p.Slot, p.SlotEnd = static.BookKept, t.Day, t.Slot, t.SlotEnd
	p.Booked = &static.BookDone{
		ID: t.ID, Token: issued.Token, Code: issued.CancelCode, From: t.Slot,
		Page: b.ps.Peers.Origin(b.r) + "/s/" + b.ref.String() + "?lang=" + p.Lang + "#" + t.ID + "." + issued.Token,
	}
	if t.StartsAt != nil {
		p.Booked.From = t.StartsAt.Format("15:04")
	}
	if t.CancelUntil != nil {
		p.Booked.CancelUntil = t.CancelUntil.Time
	}
	if t.Slot == "" {
		return errors.New("book: the ticket has no slot")
	}
	return nil
}

// isClock reports whether a text is a time of a business date, such as 25:30.
func isClock(text string) bool {
	hour, minute, ok := strings.Cut(text, ":")
	h, errH := strconv.Atoi(hour)
	m, errM := strconv.Atoi(minute)
	return ok && len(text) == 5 && errH == nil && errM == nil && h >= 0 && h < 48 && m >= 0 && m < 60
}
