//go:build unix

package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// TestFailover_Cluster moves the clinic's slot during acts, then kills its
// master. Every response is 201 or 503, and no acknowledged act is lost. The
// node is configured with the address of a master without clinics.
func TestFailover_Cluster(t *testing.T) {
	t.Parallel()
	cluster := queuetest.NewCluster(t)
	from, to, third := cluster.Masters[0], cluster.Masters[1], cluster.Masters[2]
	slot := cluster.Do(from, "cluster", "keyslot", "{1234}").(int64)
	if slot > 8191 {
		t.Fatalf("slot %d is not of the first master", slot)
	}

	url := "redis://" + third.Addr
	clinicOn(t, url)
	books := sharedBooks(t)
	s := programtest.Serve(t, t.TempDir(), nil, "--redis="+url, books)
	frames := watchBoard(t, s)
	c := newLoad(t, s)
	c.run()
	took := func(n int) {
		t.Helper()
		before := c.count()
		queuetest.Eventually(t, "acts go on", func() bool { return c.count() >= before+n })
	}
	took(5)

	cluster.Do(to, "cluster", "setslot", slot, "importing", cluster.ID(from))
	cluster.Do(from, "cluster", "setslot", slot, "migrating", cluster.ID(to))
	for {
		keys := cluster.Do(from, "cluster", "getkeysinslot", slot, 10).([]any)
		if len(keys) == 0 {
			break
		}
		for _, key := range keys {
			_ = from.Client.Do(t.Context(), "migrate", "127.0.0.1", to.Port, key, 0, 5000).Err() // it may have expired
		}
	}
	for _, s := range []*queuetest.Server{to, from, third} {
		cluster.Do(s, "cluster", "setslot", slot, "node", cluster.ID(to))
	}
	took(5)
	lost, twice := c.settle(s)
	c.figure("Cluster, slot moved while acts run, --min-replicas 1", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost by the move, %d numbers were issued twice", len(lost), twice)
	}

	c.mu.Lock()
	c.longest = 0
	c.mu.Unlock()
	to.Kill()
	awaitPromotion(t, cluster.Replicas[1:]...)
	promoted := time.Now()
	took(1)
	queuetest.Figure(t, "Cluster, master killed: acts again %s after the replica was promoted", time.Since(promoted).Round(10*time.Millisecond))
	took(5)
	c.stop()
	lost, twice = c.settle(s)
	c.figure("Cluster, master killed, --min-replicas 1", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost, %d numbers were issued twice", len(lost), twice)
	}
	awaitBoard(t, s, frames)
	programtest.Must(t, "", nil, "--redis="+url, "verify", "1234", "today")
	// The third master has no replica, and no member has an append-only file.
	code, out, _ := programtest.Result(t, "", nil, "check", "--redis="+url)
	if code != 1 || !strings.Contains(out, "every slot has a master") || !strings.Contains(out, third.Addr) {
		t.Errorf("junban check exits with %d on a Cluster: %s", code, out)
	}

	// A node drains if there is another one; the last node restarts.
	beside := programtest.Serve(t, t.TempDir(), nil, "--redis="+url, books)
	ops := programtest.Client{URL: beside.Ops}
	queuetest.Eventually(t, "the second node is ready", func() bool { return ops.Do(t, "GET", "/readyz", nil, nil, nil) == http.StatusOK })
	if beside.Stop(t); !strings.Contains(beside.Log.String(), `"msg":"draining"`) {
		t.Error("the node does not drain although there is another one")
	}
	if s.Stop(t); !strings.Contains(s.Log.String(), `"msg":"restarting"`) {
		t.Error("the last node does not announce a restart")
	}
}
