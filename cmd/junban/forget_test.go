package main

import (
	"testing"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

func TestLineWithNotices_ForgetsAddressesWithPatients(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	notices := outbox.New(s.Redis(), s, outbox.Options{Secret: []byte("secret")})
	line := lineWithNotices{s, notices}
	c := queuetest.NewClinic(t, s)
	want := []outbox.Want{{Channel: outbox.Mail, Address: outbox.Address{Mail: "a@junban.example"}}}
	issue := func() queue.TicketID {
		t.Helper()
		issued, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "山田", Mail: "b@junban.example"}}, queue.Act{})
		if err != nil {
			t.Fatal(err)
		}
		if err := notices.PutWants(t.Context(), c, issued.ID, want); err != nil {
			t.Fatal(err)
		}
		return issued.ID
	}
	kept := func(id queue.TicketID) bool {
		t.Helper()
		wants, err := notices.Wants(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(wants) > 0
	}
	first, second := issue(), issue()
	for _, mail := range []string{"a@junban.example", "b@junban.example", "c@junban.example"} {
		if err := notices.Follow(t.Context(), c.ID, outbox.Follower{Channel: outbox.Mail, Address: outbox.Address{Mail: mail}}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := line.ErasePatients(t.Context(), c.ID, []queue.TicketID{first}); err != nil || n != 1 || kept(first) || !kept(second) {
		t.Errorf("erased %d, error %v, the wants are kept: %v and %v", n, err, kept(first), kept(second))
	}
	if counts, err := notices.CountFollowers(t.Context(), c.ID); err != nil || counts[outbox.Mail] != 1 {
		t.Errorf("of three followers, two addresses were erased; there are %v, error %v", counts, err)
	}
	if removed, err := line.RemovePatients(t.Context(), c.ID, second.Day()); err != nil || !removed || kept(second) {
		t.Errorf("removed %v, error %v, the wants are kept: %v", removed, err, kept(second))
	}
	third := issue()
	if _, err := notices.Plan(t.Context(), c.ID, string(third.Day()), outbox.Plan{Jobs: []outbox.Job{{ID: "aaaaaaaaaaaaaaaaaaaa", Kind: outbox.Confirm, Ticket: third, Channel: outbox.Mail}}}); err != nil {
		t.Fatal(err)
	}
	if err := line.RemoveDay(t.Context(), c.ID, third.Day()); err != nil {
		t.Fatal(err)
	}
	if jobs, err := notices.JobsOf(t.Context(), third); err != nil || len(jobs) != 0 || kept(third) {
		t.Errorf("of a removed day there are %v, error %v, the wants are kept: %v", jobs, err, kept(third))
	}
}
