package outbox_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"junban/queue/clinic"
	"junban/queue/outbox"
)

func (b *bench) follow(w outbox.Want) {
	b.Helper()
	b.fine(b.box.Follow(b.Context(), b.clinic.ID, outbox.Follower{Channel: w.Channel, Address: w.Address, Language: "ja"}))
}

// news puts news, and plans a job for each follower in pages.
func (b *bench) news() outbox.NewsItem {
	b.Helper()
	n := outbox.NewsItem{ID: outbox.NewNewsID(), Title: "休診のお知らせ", At: b.now, Due: b.now}
	b.fine(b.box.PutNews(b.Context(), b.clinic.ID, n))
	for cursor := uint64(0); ; {
		page, next, err := b.box.FollowersPage(b.Context(), b.clinic.ID, cursor, 200)
		b.fine(err)
		var jobs []outbox.Job
		for _, f := range page {
			j := outbox.Job{Clinic: b.clinic.ID, Box: outbox.NewsBox(n.ID), Kind: outbox.News, Channel: f.Channel, Want: f.Hash, Due: b.now.UnixMilli(), Until: b.now.Add(24 * time.Hour).UnixMilli()}
			j.ID = b.box.JobID(j, f.Address)
			jobs = append(jobs, j)
		}
		if len(jobs) > 0 {
			b.plan(jobs...)
		}
		if cursor = next; cursor == 0 {
			return n
		}
	}
}

func (b *bench) takeNews(n int) []outbox.Claimed {
	b.Helper()
	claimed, err := b.box.Take(b.Context(), b.clinic, n, lease, true)
	b.fine(err)
	return claimed
}

func TestNews_GoToEachFollowerOnce(t *testing.T) {
	everywhere(t, func(b *bench) {
		b.clinic.Notices.Quiet.From, b.clinic.Notices.Quiet.Until = "21:00", "08:00"
		for n := range 5 {
			b.follow(mail(fmt.Sprint(n)))
		}
		b.follow(push("a"))
		b.follow(mail("4")) // again
		if counts, err := b.box.CountFollowers(b.Context(), b.clinic.ID); err != nil || counts[outbox.Mail] != 5 || counts[outbox.Push] != 1 {
			b.Errorf("followers: %v, error %v", counts, err)
		}
		n := b.news()
		b.none() // they are in a pool of their own
		b.fine(b.box.Unfollow(b.Context(), b.clinic.ID, b.box.Hash(mail("0").Address)))
		claimed := b.takeNews(10)
		if len(claimed) != 5 {
			b.Fatalf("claimed %d", len(claimed))
		}
		to := map[string]bool{}
		for _, c := range claimed {
			if c.Ticket.ID != "" || c.Want.Language != "ja" {
				b.Errorf("claimed %+v", c)
			}
			to[c.Want.Address.Mail+c.Want.Address.Endpoint] = true
		}
		if len(to) != 5 || to["0@junban.example"] {
			b.Errorf("sent to %v", to)
		}
		for _, c := range claimed {
			b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: outbox.Dead, Remove: c.Want.Channel == outbox.Push}))
		}
		if counts, err := b.box.CountFollowers(b.Context(), b.clinic.ID); err != nil || counts[outbox.Mail] != 4 || counts[outbox.Push] != 0 {
			b.Errorf("followers: %v, error %v", counts, err)
		}
		page, err := b.box.Jobs(b.Context(), b.clinic.ID, outbox.NewsBox(n.ID), outbox.Query{})
		if err != nil || page.Total != 6 {
			b.Errorf("history: %+v, error %v", page, err)
		}
		id, err := outbox.ParseNoticeID(string(claimed[0].Job.NoticeID()))
		b.fine(err)
		if found, _, err := b.box.Notice(b.Context(), id); err != nil || found.Job.ID != claimed[0].Job.ID {
			b.Errorf("notice %s: %+v, error %v", id, found, err)
		}
	})
}

func TestNews_AreWithdrawn(t *testing.T) {
	everywhere(t, func(b *bench) {
		b.follow(mail("a"))
		b.follow(mail("b"))
		n := b.news()
		claimed := b.takeNews(1)
		if len(claimed) != 1 {
			b.Fatal("none was claimed")
		}
		over := func(want bool) {
			b.Helper()
			if _, over, err := b.box.Notice(b.Context(), claimed[0].Job.NoticeID()); err != nil || over != want {
				b.Errorf("its reason is gone: %v, error %v, want %v", over, err, want)
			}
		}
		over(false)
		b.fine(b.box.WithdrawNews(b.Context(), b.clinic.ID, n.ID))
		over(true)
		n.Planned, n.Done = 2, true
		b.fine(b.box.PutNews(b.Context(), b.clinic.ID, n)) // the planner's, which does not know
		if claimed := b.takeNews(10); len(claimed) != 0 || b.voided["news withdrawn"] != 1 {
			b.Errorf("claimed %+v, voided %v", claimed, b.voided)
		}
		found, err := b.box.NewsByID(b.Context(), b.clinic.ID, outbox.NewsBox(n.ID))
		if err != nil || !found.Withdrawn.Equal(b.now) || found.Planned != 2 || found.Title != n.Title {
			b.Errorf("news: %+v, error %v", found, err)
		}
		if _, err := b.box.NewsByID(b.Context(), b.clinic.ID, n.ID+":withdrawn"); !errors.Is(err, outbox.ErrNoNews) {
			b.Errorf("the mark of a withdrawal is news: %v", err)
		}
		if err := b.box.WithdrawNews(b.Context(), b.clinic.ID, "nnone"); !errors.Is(err, outbox.ErrNoNews) {
			b.Errorf("unknown news: %v", err)
		}
	})
}

func TestNews_AreKeptForThirtyDays(t *testing.T) {
	everywhere(t, func(b *bench) {
		first := outbox.NewsItem{ID: outbox.NewNewsID(), At: b.now}
		b.fine(b.box.PutNews(b.Context(), b.clinic.ID, first))
		b.fine(b.box.WithdrawNews(b.Context(), b.clinic.ID, first.ID))
		b.pass(31 * 24 * time.Hour)
		second, third := outbox.NewsItem{ID: outbox.NewNewsID(), At: b.now}, outbox.NewsItem{ID: outbox.NewNewsID(), At: b.now.Add(time.Second)}
		b.fine(b.box.PutNews(b.Context(), b.clinic.ID, second))
		b.fine(b.box.PutNews(b.Context(), b.clinic.ID, third))
		list, err := b.box.NewsOf(b.Context(), b.clinic.ID)
		if err != nil || len(list) != 2 || list[0].ID != third.ID || list[1].ID != second.ID {
			b.Errorf("news: %+v, error %v", list, err)
		}
		b.holds(first.ID, false)
	})
}

func TestProof_HoldsForTenMinutesAndFiveTries(t *testing.T) {
	everywhere(t, func(b *bench) {
		check := func(id, code string, want error) {
			b.Helper()
			c, addr, err := b.open().CheckProof(b.Context(), id, code)
			if !errors.Is(err, want) || want == nil && (c != b.clinic.ID || addr.Mail != "a@junban.example") {
				b.Errorf("clinic %s, address %+v, error %v, want %v", c, addr, err, want)
			}
		}
		id, code, err := b.box.PutProof(b.Context(), b.clinic.ID, mail("a").Address)
		b.fine(err)
		if len(code) != 6 {
			b.Errorf("code %q", code)
		}
		b.holds(code, false)
		wrong := map[bool]string{true: "000001", false: "000000"}[code == "000000"]
		for range 4 {
			check(id, wrong, outbox.ErrProofCode)
		}
		check(id, code, nil)
		check(id, code, nil) // the answer was lost
		check(id, wrong, outbox.ErrProofCode)
		check(id, code, outbox.ErrProofTries)

		other, code, err := b.box.PutProof(b.Context(), b.clinic.ID, mail("a").Address)
		b.fine(err)
		b.pass(outbox.ProofLife - time.Second)
		check(other, code, nil)
		b.pass(2 * time.Second)
		check(other, code, outbox.ErrProofOver)
		check("nonsense", code, outbox.ErrProofOver)
	})
}

func TestOwn_OneNodeOwnsAClinic(t *testing.T) {
	everywhere(t, func(b *bench) {
		own := func(node string, want bool) {
			b.Helper()
			owned, err := b.box.Own(b.Context(), []clinic.ID{b.clinic.ID}, node, 15*time.Second)
			if err != nil || owned[b.clinic.ID] != want {
				b.Errorf("%s owns %v, error %v", node, owned, err)
			}
		}
		own("one", true)
		own("two", false)
		b.pass(14 * time.Second)
		own("one", true)
		b.pass(14 * time.Second)
		own("two", false)
		b.pass(2 * time.Second)
		own("two", true)
		b.fine(b.box.Release(b.Context(), []clinic.ID{b.clinic.ID}, "one")) // not its own
		own("one", false)
		b.fine(b.box.Release(b.Context(), []clinic.ID{b.clinic.ID}, "two"))
		own("one", true)
		if owned, err := b.box.Own(b.Context(), nil, "one", time.Second); err != nil || len(owned) != 0 {
			b.Errorf("of no clinics it owns %v, error %v", owned, err)
		}
	})
}

func TestVapid_TheFirstNodeDecides(t *testing.T) {
	everywhere(t, func(b *bench) {
		for _, own := range []string{"first", "second"} {
			keys, err := b.box.Vapid(b.Context(), func() ([]byte, error) { return []byte(own), nil })
			if err != nil || string(keys) != "first" {
				b.Errorf("%s got %q, error %v", own, keys, err)
			}
		}
	})
}
