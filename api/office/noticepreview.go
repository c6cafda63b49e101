package office

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/rule"
)

// noticeStages are the stages of each kind that have words of their own; "" is the usual.
var noticeStages = map[outbox.Kind][]string{
	outbox.Approach: {"", text.StageNext},
	outbox.Confirm:  {"", text.StageNow},
	outbox.Changed:  {text.StageCancelled, text.StageMoved, text.StageTransfer, text.StageBack},
}

// previewNotice is POST /v1/clinics/:clinic/notices/preview: a notice with sample
// figures, in the settings that are typed. It changes nothing.
func (o *Office) previewNotice(w http.ResponseWriter, r *http.Request) error {
	_, v, err := o.viewed(r)
	if err != nil {
		return err
	}
	var body wire.PreviewRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	in, err := sample(v, body)
	if err != nil {
		return err
	}
	m := o.Composer.Compose(in)
	return route.Encode(w, http.StatusOK, wire.NoticePreview{Title: m.Title, Body: m.Body, Subject: m.Subject, Text: m.Text})
}

// sample is what a preview is written from: a ticket that nobody has.
func sample(v view.View, body wire.PreviewRequest) (in text.Input, err error) {
	c := v.Clinic
	kind, channel, lang := outbox.Kind(body.Kind), outbox.Channel(cmp.Or(body.Channel, string(outbox.Push))), cmp.Or(body.Language, "ja")
	stages := noticeStages[kind]
	if stages == nil {
		stages = []string{""}
	}
	stage := body.Stage
	if stage == "" {
		stage = stages[0]
	}
	for _, f := range []struct {
		name, value string
		values      []string
	}{{"kind", body.Kind, clinic.NoticeKinds}, {"stage", stage, stages}, {"channel", string(channel), clinic.NoticeChannels}, {"language", lang, clinic.Languages}} {
		if !slices.Contains(f.values, f.value) {
			return in, problem.Invalid(f.name, rule.NotOneOf, "value", f.value, "values", f.values)
		}
	}
	service := c.Services[0]
	if body.Service != "" {
		ref, err := clinic.ParseRef(body.Service)
		known := false
		if service, known = c.Service(ref.Service); err != nil || ref.Clinic != c.ID || !known {
			return in, clinic.ErrNoService
		}
	}
	if body.Notices != nil {
		c.Notices = decodeNotices(*body.Notices)
		if err := problem.Fields(c.Validate(), ""); err != nil {
			return in, err
		}
	}
	if body.News != nil {
		if in.News, err = draft("news.", *body.News); err != nil {
			return in, err
		}
	}
	in.Clinic, in.Now, in.Low, in.High = c, v.Now, 20*time.Minute, 35*time.Minute
	in.Ticket = sampleTicket(v, service, kind, stage)
	in.Job = outbox.Job{Clinic: c.ID, Box: string(in.Ticket.ID.Day()), Kind: kind, Stage: stage, Ticket: in.Ticket.ID, Channel: channel, Ahead: 4}
	if stage == text.StageNext {
		in.Job.Ahead, in.Low, in.High = 0, 0, 10*time.Minute
	}
	in.Want = outbox.Want{Channel: channel, Language: lang}
	if kind == outbox.News {
		in.Job.Ticket, in.Ticket = "", queue.Ticket{}
	}
	return in, nil
}

// sampleNumber is the number of the ticket in a preview.
const sampleNumber = 24

// sampleTicket is the ticket of a preview, in the state in which it gets the notice.
func sampleTicket(v view.View, s clinic.Service, kind outbox.Kind, stage string) queue.Ticket {
	day := v.Today()
	booked := kind == outbox.Reminder || kind == outbox.Changed && stage == text.StageMoved || s.BySlot() && (kind == outbox.Confirm || kind == outbox.Approach)
	if booked && kind != outbox.Approach {
		day = day.Add(3)
	}
	id := func(d clinic.Day) queue.TicketID {
		return queue.TicketID(clinic.Ref{Clinic: v.Clinic.ID, Service: s.ID}.String() + "-" + d.Compact() + "-000000000000")
	}
	t := queue.Ticket{ID: id(day), Number: sampleNumber, Line: s.ID, State: queue.Waiting, Party: 1, Attempt: 1}
	if booked {
		t.Number, t.State, t.Session = 0, queue.Booked, "morning"
		if at, err := time.ParseInLocation(time.DateTime, string(day)+" 10:30:00", v.Zone); err == nil && s.BySlot() {
			t.Slot, t.SlotFrom, t.SlotTo = "10:30", at, at.Add(30*time.Minute)
		}
	}
	switch {
	case kind == outbox.Call:
		t.State = queue.Called
		if i := slices.IndexFunc(v.Clinic.Rooms, func(r clinic.Room) bool { return slices.Contains(r.Services, s.ID) }); i >= 0 {
			t.Room = v.Clinic.Rooms[i].ID
		}
	case kind == outbox.Missed:
		t.State = queue.Absent
	case stage == text.StageCancelled:
		t.State = queue.Cancelled
	case stage == text.StageMoved:
		t.State, t.MovedTo = queue.Cancelled, id(day.Add(1))
	}
	return t
}
