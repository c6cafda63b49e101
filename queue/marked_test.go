package queue_test

import (
	"strings"
	"testing"
	"unicode"

	"junban/device"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/queuetest"
)

// TestStore_DropsTheDirectionMarksOfStoredTexts writes texts into Redis as earlier
// versions did. It reads them back by every read that a page uses.
func TestStore_DropsTheDirectionMarksOfStoredTexts(t *testing.T) {
	t.Parallel()
	rdb, ctx := queuetest.Redis(t), t.Context()
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c := queuetest.FreshClinic()
	c.Zone, c.Calendar = queuetest.Noon(), mornings("12:00")
	c.Services[0].Booking.Days = 3
	must(s.PutClinic(ctx, c, queue.Act{}))
	key := "junban:{" + string(c.ID) + "}:clinic"
	record := rdb.HGet(ctx, key, "record").Val()
	turnedRecord := strings.NewReplacer("ためし", "ため\u202eし", "第1", "第1\u202e").Replace(record)
	must(rdb.HSet(ctx, key, "record", turnedRecord).Err())
	_, err = s.Clinic(ctx, c.ID)
	must(err)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	by := queue.Act{By: clinic.Actor{Kind: "staff", Name: "ann"}}
	turned := queue.Patient{Name: "山田\u202e花子", Phone: "09012345678", CardNumber: "\u202e12345"}
	_, err = s.Issue(ctx, ref, queue.Request{Channel: "desk", Party: 1, Patient: turned}, by)
	must(err)
	offers, err := s.Offers(ctx, ref)
	must(err)
	_, err = s.Issue(ctx, ref, queue.Request{Channel: "desk", Party: 1, Day: offers[0].Day, Patient: turned}, by)
	must(err)
	must(s.SetMessage(ctx, ref, queue.Message{Text: "本日は\u202e3時まで"}, by))
	must(s.SetReception(ctx, ref, queue.Paused, "学会\u202eのため", by))
	devices := device.NewStore(rdb, s)
	must(devices.PutScreen(ctx, c.ID, device.Screen{TokenHash: "hash", Name: "入\u202e口"}, by.By))

	snap, err := s.Snapshot(ctx, c.ID)
	must(err)
	line, ok := snap.Line("1")
	if !ok || len(line.Waiting) != 1 {
		t.Fatalf("the line is %+v", line)
	}
	patient := snap.Patients[line.Waiting[0].ID]
	read, err := s.Clinic(ctx, c.ID)
	must(err)
	screens, err := devices.Screens(ctx, c.ID)
	must(err)
	acts, err := journal.New(s).Page(ctx, c.ID, snap.Day, journal.Query{Most: 10})
	must(err)
	changes, err := s.Changes(ctx, c.ID, 10)
	must(err)
	booked, err := s.Reserved(ctx, c.ID)
	must(err)
	if len(booked) != 1 || booked[0].Patient != patient {
		t.Errorf("booked is %+v, want %+v", booked, patient)
	}
	texts := map[string]string{
		"ためし医院": read.Name, "第1診察室": snap.Rooms[0].Name, "山田花子": patient.Name, "12345": patient.CardNumber,
		"本日は3時まで": line.Standing, "学会のため": line.Manual.Reason, "入口": screens[0].Name,
	}
	for want, got := range texts {
		if got != want {
			t.Errorf("%q is read as %q", want, got)
		}
	}
	if record == turnedRecord || len(acts.Events) < 3 || len(changes) < 2 {
		t.Fatalf("there is nothing to read: %s, %d acts, %d changes", turnedRecord, len(acts.Events), len(changes))
	}
	marked := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) })
	}
	for _, e := range acts.Events {
		if marked(e.Is) {
			t.Errorf("the journal has %q", e.Is)
		}
	}
	for _, ch := range changes {
		for field, value := range ch.After {
			if marked(string(value)) {
				t.Errorf("the changes have %s %q", field, value)
			}
		}
	}
}
