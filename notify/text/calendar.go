package text

import (
	"cmp"
	"strings"

	"junban/internal/icalendar"
	"junban/queue"
	"junban/queue/outbox"
	"junban/static"
)

// calendar is a booked slot as a file for calendars, of a mail that confirms, moves or
// reminds of it; else nil. It has neither token nor code, and no department: calendars are
// shared.
func (w writer) calendar() []byte {
	t, kind := w.in.Ticket, w.in.Job.Kind
	if t.State != queue.Booked || t.Slot == "" || t.SlotFrom.IsZero() || !t.SlotTo.After(t.SlotFrom) ||
		kind != outbox.Confirm && kind != outbox.Reminder && (kind != outbox.Changed || w.in.Job.Stage != StageMoved) {
		return nil
	}
	origin := w.origin()
	e := icalendar.Event{
		UID: string(t.ID) + "@" + strings.NewReplacer("http://", "", "https://", "").Replace(origin), Stamp: w.in.Now, From: t.SlotFrom, To: t.SlotTo,
		Summary: cmp.Or(w.label(), w.hidden()), URL: origin + "/s/" + t.ID.Ref().String(),
		About: w.c.site.Text(w.lang, "slot.come", "from", w.clock()) + "\n" + w.c.site.Text(w.lang, "slot.arrival"),
	}
	if !w.in.Clinic.Notices.Discreet {
		e.Location = static.Isolated(clean(w.in.Clinic.Address))
	}
	return []byte(e.Encode())
}
