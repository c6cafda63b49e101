package outbox_test

import (
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// TestCluster_EveryScriptFindsItsKeysOnOneNode runs each method on clinics whose keys are
// on different masters.
func TestCluster_EveryScriptFindsItsKeysOnOneNode(t *testing.T) {
	t.Parallel()
	cluster := queuetest.NewCluster(t)
	rdb := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{cluster.Masters[0].Addr}, ContextTimeoutEnabled: true})
	t.Cleanup(func() { rdb.Close() })
	line := queuetest.StoreOn(t, rdb)
	var ids []clinic.ID
	for range 6 {
		b := newBench(t, line, func(time.Time) {})
		ids = append(ids, b.clinic.ID)
		ticket := b.issue()
		b.want(ticket.ID, push("a"), mail("a"))
		first, second := b.job(outbox.Approach, ticket.ID, push("a")), b.job(outbox.Approach, ticket.ID, mail("a"))
		first.Due, second.Due = 0, 0
		second.After = first.ID
		b.plan(first, second)
		if _, err := b.box.Plan(b.Context(), b.clinic.ID, string(b.day), outbox.Plan{To: "1-0", Void: map[string]string{second.ID: "test"}, Check: b.now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		b.tell(b.one(), outbox.Sent)
		b.fine(b.box.Shown(b.Context(), first.NoticeID()))
		b.stands(first, outbox.Shown, "")
		b.follow(mail("a"))
		b.news()
		if len(b.takeNews(1)) != 1 {
			t.Error("no news")
		}
		id, code, err := b.box.PutProof(b.Context(), b.clinic.ID, mail("a").Address)
		b.fine(err)
		if _, _, err := b.box.CheckProof(b.Context(), id, code); err != nil {
			t.Error(err)
		}
		b.do(ticket.ID, "cancel")
		booked := b.slots()
		b.want(booked.ID, mail("a"))
		b.plan(b.job(outbox.Reminder, booked.ID, mail("a"))) // of another day
		b.take(1)
		b.fine(b.box.MoveWants(b.Context(), ticket.ID, booked.ID))
		b.fine(b.box.RemoveDay(b.Context(), b.clinic.ID, b.day))
	}
	box := outbox.New(rdb, line, outbox.Options{Secret: []byte("secret")})
	of, err := box.Own(t.Context(), ids, "node", time.Minute)
	if err != nil || len(of) != len(ids) {
		t.Errorf("it owns %v, error %v", of, err)
	}
	due, err := box.Due(t.Context(), ids)
	if err != nil || len(due) != len(ids) {
		t.Errorf("due %v, error %v", due, err)
	}
	masters := map[int64]bool{}
	for _, id := range ids {
		slot, err := rdb.ClusterKeySlot(t.Context(), "junban:{"+string(id)+"}:due").Result()
		if err != nil {
			t.Fatal(err)
		}
		masters[int64(slices.IndexFunc([]int64{8192, 12288, 16384}, func(end int64) bool { return slot < end }))] = true
		if err := line.RemoveClinic(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if len(masters) < 2 {
		t.Error("all clinics are on one master: the test shows nothing")
	}
	for _, s := range cluster.Masters {
		for _, key := range s.Client.Keys(t.Context(), "junban:{*").Val() {
			t.Errorf("a removed clinic leaves %s", key)
		}
	}
}
