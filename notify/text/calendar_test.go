package text

import (
	"strings"
	"testing"

	"junban/queue/outbox"
)

// TestCompose_CalendarOfBookedSlots has the file with each mail that sets or repeats the
// time of a slot, and with no other.
func TestCompose_CalendarOfBookedSlots(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	found := map[string]bool{}
	everyNotice(t, func(name string, in Input) {
		in.Clinic.Services[0].Name = "泌尿器科"
		for _, discreet := range []bool{false, true} {
			in.Clinic.Notices.Discreet = discreet
			m := c.Compose(in)
			_, what, _ := strings.Cut(name, " ")
			if m.Calendar == nil {
				continue
			}
			found[what] = true
			file := string(m.Calendar)
			if !strings.Contains(file, "DTSTART:20261223T013000Z") || !strings.Contains(file, "UID:"+string(in.Ticket.ID)+"@junban.example") {
				t.Errorf("%s: %s", name, file)
			}
			for _, secret := range []string{"t0ken", "泌尿器科"} {
				if strings.Contains(strings.ReplaceAll(file, "\r\n ", ""), secret) {
					t.Errorf("%s: the file has %s", name, secret)
				}
			}
			if strings.Contains(file, "見本") == discreet {
				t.Errorf("%s, discreet %v: %s", name, discreet, file)
			}
		}
		in.Want.Channel = outbox.Push
		if m := c.Compose(in); m.Calendar != nil {
			t.Errorf("%s: a push has a file", name)
		}
	})
	if len(found) != 3 || !found["booked a slot"] || !found["moved"] || !found["reminder"] {
		t.Errorf("files with %v", found)
	}
}
