package text

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/static"
)

// writer writes one notice.
type writer struct {
	c       *Composer
	in      Input
	lang    string
	service clinic.Service // in whose line the ticket stands
	loc     *time.Location
}

// writerOf reads what the notice is about.
func (c *Composer) writerOf(in Input) writer {
	w := writer{c: c, in: in, lang: spoken(in.Want.Language)}
	if in.Ticket.ID != "" {
		w.service, _ = in.Clinic.Service(cmp.Or(in.Ticket.Line, in.Ticket.ID.Ref().Service))
	}
	var err error
	if w.loc, err = in.Clinic.Location(); err != nil {
		w.loc = time.UTC
	}
	return w
}

// say returns a sentence of a notice.
func (w writer) say(key string, args ...any) string {
	return w.c.site.Text(w.lang, "notify."+key, args...)
}

// sentence returns the heading of a notice, and the sentence that stands for itself.
func (w writer) sentence() (what, body string) {
	t := w.in.Ticket
	head := func(key, body string, args ...any) (string, string) {
		args = append(args, "number", w.number(), "when", w.when(), "time", w.clock(), "range", w.minutes(), "figures", w.figures(), "room", w.room())
		return w.say(key + "Head"), strings.TrimLeft(w.say(body, args...), " :：")
	}
	switch w.in.Job.Kind {
	case outbox.Call:
		key := "call"
		if t.Attempt > 1 {
			key = "recall"
		}
		if w.room() == "" {
			return head(key, key+"Any")
		}
		return head(key, key)
	case outbox.Changed:
		return w.changed(head)
	case outbox.Approach:
		switch {
		case w.in.Job.Stage == StageNext:
			return head("next", "next")
		case t.State == queue.Booked && t.Slot != "":
			return head("setOut", "approachSlot")
		case w.far() && w.figures() == "":
			return head("setOut", "setOut")
		case w.far():
			return head("setOut", "approach")
		case w.figures() == "":
			return head("approach", "approachPlain")
		}
		return head("approach", "approach")
	case outbox.Missed:
		if t.State == queue.NoShow {
			return head("missed", "missedOver")
		}
		return head("missed", "missed", "rule", w.rule())
	case outbox.Delay:
		if w.minutes() == "" {
			return head("delay", "delayPlain")
		}
		return head("delay", "delay")
	case outbox.Reminder:
		return head("reminder", "reminder")
	case outbox.News:
		return w.news()
	}
	switch {
	case w.in.Job.Stage == StageNow:
		return head("now", "now")
	case w.later():
		return head("booked", "booked")
	case w.figures() != "":
		return head("confirm", "confirmFigures")
	}
	return head("confirm", "confirm")
}

// far reports whether an approach comes for the way alone: more are ahead than those at
// which the patient, or else the service, has patients come.
func (w writer) far() bool { return w.in.Job.Ahead > cmp.Or(w.in.Want.Ahead, w.service.ComeAt) }

// changed is the sentence of a change.
func (w writer) changed(head func(key, body string, args ...any) (string, string)) (what, body string) {
	t := w.in.Ticket
	switch stage := w.in.Job.Stage; {
	case stage == StageMoved || t.MovedTo != "":
		return head("moved", "moved")
	case stage == StageCancelled && (t.Number == 0 || w.later()):
		return head("cancelled", "cancelledBooking")
	case stage == StageCancelled:
		return head("cancelled", "cancelled")
	case stage == StageTransfer:
		return head("transfer", "transfer")
	case stage == StageBack:
		return head("back", "back")
	}
	return head("changed", "changed")
}

// news is what the clinic wrote, as much of it as a lock screen shows. A mail has all.
func (w writer) news() (what, body string) {
	most := boundOf(w.lang).body
	title, body := clean(w.in.News.Title), clean(w.in.News.Body)
	if w.in.Clinic.Notices.Discreet || title == "" {
		return w.say("newsHead"), isolatedWithin(w.joined(title, body), most)
	}
	return title, isolatedWithin(body, most)
}

// number is the ticket's number in words, "" before it has one.
func (w writer) number() string {
	if w.in.Ticket.Number == 0 {
		return ""
	}
	return w.c.site.Text(w.lang, "unit.number", "n", w.in.Ticket.Number)
}

// figures are the place in the line and the range, as far as the clinic shows them.
func (w writer) figures() string {
	t := w.in.Ticket
	if t.State != queue.Waiting || t.LineSlot != "" {
		return ""
	}
	ahead, minutes := "", w.minutes()
	switch {
	case w.service.Hides("ahead"):
	case w.in.Job.Ahead > 0:
		ahead = w.say("ahead", "count", w.c.site.Count(w.lang, w.in.Job.Ahead, w.service.Unit))
	default:
		ahead = w.say("aheadNone")
	}
	if ahead != "" && minutes != "" {
		return w.say("figures", "ahead", ahead, "range", minutes)
	}
	return ahead + minutes
}

// minutes is the range in words, "" where none is shown.
func (w writer) minutes() string {
	low, high := int(w.in.Low/time.Minute), int(w.in.High/time.Minute)
	text := func(key string) string { return w.c.site.Text(w.lang, "board."+key, "low", low, "high", high) }
	switch {
	case high <= 0 || w.service.Hides("waitMinutes"):
		return ""
	case low <= 0:
		return text("within")
	case low == high:
		return text("about")
	}
	return text("range")
}

// room is the name of the room to which the ticket is called. It is "" where the name
// would reveal more than a lock screen may show.
func (w writer) room() string {
	r, ok := w.in.Clinic.Room(w.in.Ticket.Room)
	name := clean(r.Name)
	if !ok || name == "" || w.in.Clinic.Notices.Discreet || utf8.RuneCountInString(name) > 20 {
		return ""
	}
	for _, s := range w.in.Clinic.Services {
		if s.Name != "" && strings.Contains(name, s.Name) {
			return ""
		}
	}
	for _, d := range w.in.Clinic.Departments {
		if d != "" && strings.Contains(name, d) {
			return ""
		}
	}
	return name
}

// rule is what an absence does to the place in the line. Its texts are those of the
// pages.
func (w writer) rule() string {
	a, key := w.service.Absence, ""
	switch {
	case a.ThenTail && w.in.Ticket.Attempt > 1 && a.Rule != clinic.Terminal:
		key = "tail"
	case a.Rule == clinic.BackN && a.Back == 0:
		key = "back_0"
	case a.Rule == clinic.Park && a.Back == 0:
		key = "park_0"
	case a.Rule == "":
		return ""
	default:
		key = a.Rule
	}
	return w.c.site.Text(w.lang, "absence."+key, "n", a.Back)
}

// later reports whether the visit is booked, or is on another day.
func (w writer) later() bool {
	t := w.in.Ticket
	return t.ID != "" && (t.State == queue.Booked || t.Slot != "" || t.ID.Day() > w.in.Clinic.DayOf(w.in.Now, w.loc))
}

// day is the business date of the visit.
func (w writer) day() clinic.Day {
	switch t := w.in.Ticket; {
	case t.MovedTo != "":
		return t.MovedTo.Day()
	case t.ID != "":
		return t.ID.Day()
	}
	return ""
}

// when is the date of the visit, with the slot or the session where it has one.
func (w writer) when() string {
	at, err := time.Parse(time.DateOnly, string(w.day()))
	if err != nil {
		return ""
	}
	return w.c.site.Date(w.lang, at, w.clock())
}

// clock is the start of the slot, or the name of the session.
func (w writer) clock() string {
	switch t := w.in.Ticket; {
	case t.MovedTo != "": // the other ticket's slot is not known here
		return ""
	case t.Slot != "":
		return t.SlotFrom.In(w.loc).Format("15:04")
	case t.Session != "":
		return w.c.site.Session(w.lang, t.Session)
	}
	return ""
}

// joined is two sentences, one after the other.
func (w writer) joined(a, b string) string {
	if a == "" || b == "" || w.lang == static.Japanese || w.lang == "zh-Hans" {
		return a + b
	}
	return a + " " + b
}

// ownWords is the clinic's own sentence at the end of a notice of that kind.
func ownWords(c clinic.Clinic, kind outbox.Kind) string {
	for _, own := range c.Notices.Words {
		if own.Kind == string(kind) {
			return isolatedWithin(clean(own.Text), maxWords)
		}
	}
	return ""
}
