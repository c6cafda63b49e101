package queuetest

import (
	"slices"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func testFigures(b *bench) {
	b.ref.Service = "2"
	var ids []queue.TicketID
	for _, party := range []int{2, 1, 3, 1} {
		i, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "desk", Party: party}, staff)
		b.ok(err)
		ids = append(ids, i.ID)
	}
	l := b.line()
	b.equal("people", l.People(), 7)
	snap := b.mustSnapshot()
	_, _, tickets, people, ok := snap.Find(ids[3])
	b.equal("found", ok, true)
	b.equal("tickets ahead", tickets, 3)
	b.equal("people ahead", people, 6)
	b.next("1")                           // the called is not ahead any more
	b.do(b.line().Waiting[0], queue.Hold) // nor the held
	_, _, tickets, people, _ = b.mustSnapshot().Find(ids[3])
	b.equal("tickets ahead", tickets, 1)
	b.equal("people ahead", people, 3)
	if _, _, _, _, ok := snap.Find("1234-1-200101-aaaaaaaaaaaa"); ok {
		b.Fatal("a foreign ticket was found")
	}
}

func testMessages(b *bench) {
	b.ok(b.SetMessage(b.Context(), b.ref, queue.Message{Text: "午後は休診です"}, staff))
	l := b.line()
	b.equal("standing", l.Shown(), queue.Message{Text: "午後は休診です"})
	until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	b.ok(b.SetMessage(b.Context(), b.ref, queue.Message{Text: "30分遅れ", Until: until}, staff))
	l = b.line()
	b.equal("temporary", l.Shown().Text, "30分遅れ")
	b.equal("until", l.Shown().Until.Equal(until), true)
	b.ok(b.SetMessage(b.Context(), b.ref, queue.Message{Text: "過ぎた", Until: time.Now().Add(-time.Second)}, staff))
	l = b.line()
	b.equal("an expired one is not shown", l.Shown().Text, "午後は休診です")
	b.ok(b.SetMessage(b.Context(), b.ref, queue.Message{}, staff))
	l = b.line()
	b.equal("removed", l.Shown(), queue.Message{})
}

func testVersions(b *bench) {
	snap := b.mustSnapshot()
	if snap.Epoch == "" || snap.Version == 0 {
		b.Fatalf("a new day has epoch %q, version %d", snap.Epoch, snap.Version)
	}
	b.issue(1)
	b.next("1")
	after := b.mustSnapshot()
	b.equal("epoch", after.Epoch, snap.Epoch)
	b.equal("one version an act", after.Version, snap.Version+2)
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrEmpty)
	b.equal("a refusal changes nothing", b.mustSnapshot().Version, after.Version)
}

func testTenants(b *bench) {
	mine := b.issue(2)
	other := NewClinic(b, b.Line)
	theirs := clinic.Ref{Clinic: other.ID, Service: "1"}
	i, err := b.Issue(b.Context(), theirs, queue.Request{Channel: "web", Party: 1}, queue.Act{Key: "k"})
	b.ok(err)
	b.equal("own numbers", i.Number, 1)
	_, err = b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 2}, queue.Act{Key: "k"})
	b.ok(err) // the same key means nothing at another clinic
	_, err = b.CallNext(b.Context(), theirs, "1", staff)
	b.ok(err)
	b.waits(1, 2, 3)
	now, err := b.Ticket(b.Context(), mine[0].ID)
	b.ok(err)
	b.equal("untouched", now.State, queue.Waiting)
}

func testRecords(b *bench) {
	changed := b.clinic
	changed.Name = "あたらしい医院"
	changed.Services = slices.Clone(changed.Services)
	changed.Services[0].MaxParty = 1
	b.ok(b.PutClinic(b.Context(), changed, staff))
	b.equal("name", b.mustSnapshot().Clinic.Name, "あたらしい医院")
	_, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 2}, queue.Act{})
	b.refused(err, queue.ErrPartySize)

	wrong := b.clinic
	wrong.ID, wrong.Name = "12", ""
	if err := b.PutClinic(b.Context(), wrong, staff); err == nil {
		b.Fatal("a wrong record was taken")
	}
	got, err := b.Clinic(b.Context(), b.clinic.ID)
	b.ok(err)
	changed.Rev = got.Rev
	b.equal("record", got, changed)
	all, err := b.Clinics(b.Context())
	b.ok(err)
	if !slices.ContainsFunc(all, func(c clinic.Clinic) bool { return c.ID == b.clinic.ID }) {
		b.Fatal("the clinic is not in the list")
	}

	b.issue(1)
	b.ok(b.RemoveClinic(b.Context(), b.clinic.ID))
	b.refused(b.RemoveClinic(b.Context(), b.clinic.ID), clinic.ErrNoClinic)
	_, err = b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1}, queue.Act{})
	b.refused(err, clinic.ErrNoClinic)
	_, err = b.Snapshot(b.Context(), b.clinic.ID)
	b.refused(err, clinic.ErrNoClinic)
	b.ok(b.PutClinic(b.Context(), b.clinic, staff))
	b.waits()
}

// testServiceStays holds that a service with live tickets cannot be removed, also if
// they are in another service's line.
func testServiceStays(b *bench) {
	without := b.clinic
	without.Services = slices.Clone(without.Services)[1:]
	without.Rooms = []clinic.Room{{ID: "1", Name: "診察室", Services: []string{without.Services[0].ID}}}
	mine := b.issue(3)
	b.do(mine[2], queue.Cancel)
	refused := func(tickets string) {
		b.Helper()
		err := b.PutClinic(b.Context(), without, staff)
		b.refused(err, queue.ErrServiceNotEmpty)
		if !strings.Contains(err.Error(), ": "+tickets) {
			b.Fatalf("the error is %q, want %s tickets in it", err, tickets)
		}
	}
	refused("2")
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.ok(err)
	refused("2")
	b.do(mine[0], queue.Finish)
	_, err = b.Transfer(b.Context(), mine[1].ID, without.Services[0].ID, staff)
	b.ok(err)
	refused("1")
	b.do(mine[1], queue.Cancel)
	b.ok(b.PutClinic(b.Context(), without, staff))
	b.ok(b.PutClinic(b.Context(), b.clinic, staff))
}

func testSecret(b *bench) {
	one, err := b.Secret(b.Context())
	b.ok(err)
	two, err := b.Secret(b.Context())
	b.ok(err)
	b.equal("the secret stays", string(one) == string(two) && len(one) >= 26, true)
}
