package api

import (
	"testing"
	"time"

	"junban/api/wire"
)

// TestChanges_TellWhatTheDeskDidToday reads the acts beside the tickets, the
// newest first.
func TestChanges_TellWhatTheDeskDidToday(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	cookie := w.login()
	put := func(path string, body any) {
		t.Helper()
		if res := w.do(ask{method: "PUT", path: path, cookie: cookie, body: body}); res.status != 200 {
			t.Fatalf("%s: %d %s", path, res.status, res.body)
		}
	}
	service := "/v1/services/" + w.ref("1")
	until := time.Now().Add(20 * time.Minute).Truncate(time.Millisecond)
	put(service+"/reception", wire.ReceptionRequest{Reception: "paused"})
	get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{})) // a ticket is none of them
	put(service+"/message", wire.MessageRequest{Text: "午後は休診です"})
	put(service+"/message", wire.MessageRequest{Text: "30分遅れ", Until: &until})
	put("/v1/clinics/"+w.number()+"/rooms/1/duty", wire.DutyRequest{Duty: "break", Until: &until})
	put("/v1/clinics/"+w.number()+"/rooms/1/duty", wire.DutyRequest{Duty: "on"})

	path := "/v1/clinics/" + w.number() + "/changes"
	acts := get[wire.Changes](w, 200, ask{method: "GET", path: path, cookie: cookie}).Acts
	want := []wire.DeskAct{
		{Act: "duty", Room: "1", Before: "break", After: "on"},
		{Act: "duty", Room: "1", Before: "on", After: "break", Until: &wire.Time{Time: until}},
		{Act: "temporary", Service: w.ref("1"), Before: "", After: "30分遅れ"},
		{Act: "standing", Service: w.ref("1"), Before: "", After: "午後は休診です"},
		{Act: "reception", Service: w.ref("1"), Before: "auto", After: "paused"},
	}
	if len(acts) != len(want) {
		t.Fatalf("acts %+v", acts)
	}
	for i, got := range acts {
		if got.By != testUser || got.At.IsZero() {
			t.Errorf("act %d was done by %q at %v", i, got.By, got.At)
		}
		if until := want[i].Until; (until == nil) != (got.Until == nil) || until != nil && !until.Equal(got.Until.Time) {
			t.Errorf("act %d ends at %v, want %v", i, got.Until, until)
		}
		got.By, got.At, got.Until, want[i].Until = "", wire.Time{}, nil, nil
		if got != want[i] {
			t.Errorf("act %d is %+v, want %+v", i, got, want[i])
		}
	}
	if got := get[wire.Changes](w, 200, ask{method: "GET", path: path + "?n=2", cookie: cookie}).Acts; len(got) != 2 || got[0].After != "on" {
		t.Errorf("two were asked for: %+v", got)
	}
}
