package live

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"junban/api/view"
	"junban/api/wire"
	"junban/hub"
	"junban/queue"
)

// TestEmit_ANoticeIsForTheDeskAndItsTicket emits a snapshot that differs by a notice, and
// then one that differs by an act. Only the act is looked at for the watchers of other
// tickets. The patient's ticket has no mark.
func TestEmit_ANoticeIsForTheDeskAndItsTicket(t *testing.T) {
	t.Parallel()
	d := newShownDay(t, 20, 1)
	id := d.snap.Lines[0].Waiting[4].ID // it is watched
	staff := d.f.topics[hub.Topic("staff:"+string(d.f.clinic))]
	looked := func() (tickets int) {
		for _, w := range d.f.topics {
			if w.Kind == view.ATicket && w.shown != (shown{}) {
				tickets++
			}
			w.shown = shown{}
		}
		return tickets
	}
	if looked() == 0 {
		t.Fatal("no ticket is watched")
	}
	message := fmt.Sprintf("%s told %s %s %d approach push sent", d.snap.Clinic.ID, d.snap.Day, id, d.snap.At.UnixMilli()+5)
	told, fit := d.snap.Apply(queue.ParseDelta(message))
	if fit != queue.FitTold {
		t.Fatalf("the notice is %s", fit)
	}
	d.cs.emit(d.f, told)
	if n := looked(); n != 1 {
		t.Errorf("%d tickets were looked at for a notice of one", n)
	}
	zone, err := told.Clinic.Location()
	if err != nil {
		t.Fatal(err)
	}
	v := view.View{Clinic: told.Clinic, Zone: zone, Now: told.At, Waits: d.cs.waitsOnce(told)}
	text, err := v.StaffText(told, &staff.texts)
	if err != nil {
		t.Fatal(err)
	}
	var whole []byte
	for _, piece := range text {
		whole = append(whole, piece...)
	}
	var desk wire.Staff
	if err := json.Unmarshal(whole, &desk); err != nil {
		t.Fatal(err)
	}
	marks := 0
	for _, ticket := range desk.Services[0].Tickets {
		if n := ticket.Notified; n != nil {
			marks++
			if ticket.ID != string(id) || *n != (wire.Notified{Kind: "approach", Channel: "push", State: "sent", At: n.At}) || n.At.UnixMilli() != told.At.UnixMilli() {
				t.Errorf("%s has %+v", ticket.ID, n)
			}
		}
	}
	if marks != 1 {
		t.Errorf("%d marks, want one", marks)
	}
	s, _ := v.StandingOf(told, id)
	if ticket, err := json.Marshal(s.Encode(v, view.ToPublic)); err != nil || strings.Contains(string(ticket), "notified") {
		t.Errorf("the patient has %s, %v", ticket, err)
	}
	acted, fit := told.Apply(d.deltas[0])
	if fit != queue.FitNext || acted.Told[id] != told.Told[id] {
		t.Fatalf("the act is %s", fit)
	}
	d.cs.emit(d.f, acted)
	if looked() == 0 {
		t.Error("no ticket was looked at for an act")
	}
}
