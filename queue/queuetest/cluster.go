package queuetest

import (
	"context"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a Redis Cluster of one test, six servers on this machine. The first master
// has slots 0 to 8191 and one replica. The second has 8192 to 12287 and two replicas,
// the third the rest and no replica.
type Cluster struct {
	Masters  []*Server
	Replicas []*Server // the first is of the first master, the others of the second
	t        testing.TB
}

// NewCluster starts a Cluster and returns once every member knows what the others are.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	for range 3 {
		c.Masters, c.Replicas = append(c.Masters, newMember(t)), append(c.Replicas, newMember(t))
	}
	for i, slots := range [][2]int{{0, 8191}, {8192, 12287}, {12288, 16383}} {
		c.Do(c.Masters[i], "cluster", "addslotsrange", slots[0], slots[1])
	}
	first := c.Masters[0]
	for _, s := range c.Members()[1:] {
		c.Do(s, "cluster", "meet", "127.0.0.1", first.Port, first.Bus)
	}
	for i, r := range c.Replicas {
		of := c.ID(c.Masters[min(i, 1)])
		Eventually(t, "the members have met", func() bool {
			return r.Client.Do(context.Background(), "cluster", "replicate", of).Err() == nil
		})
	}
	Eventually(t, "the cluster is whole", func() bool {
		for _, s := range c.Members() {
			info := c.Do(s, "cluster", "info").(string)
			if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:6") {
				return false
			}
			replicas := 0 // Redis lists them once it has replicated something to them
			for _, part := range c.Do(s, "cluster", "slots").([]any) {
				replicas += len(part.([]any)) - 3 // the first and last slot, and the master
			}
			if replicas != len(c.Replicas) {
				return false
			}
		}
		return first.Info("replication", "connected_slaves") == "1" && c.Masters[1].Info("replication", "connected_slaves") == "2"
	})
	return c
}

func newMember(t testing.TB) *Server {
	t.Helper()
	bus := FreePort(t)
	s := NewServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-allow-replica-migration", "no",
		"--cluster-port", strconv.Itoa(bus), "--cluster-config-file", "nodes.conf", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
	s.Bus = bus
	return s
}

// Members returns all servers, the masters first.
func (c *Cluster) Members() []*Server {
	return append(append([]*Server{}, c.Masters...), c.Replicas...)
}

// ID returns a member's name in the Cluster.
func (c *Cluster) ID(s *Server) string { c.t.Helper(); return c.Do(s, "cluster", "myid").(string) }

// Do sends a command to one member, which must not refuse it.
func (c *Cluster) Do(s *Server, args ...any) any {
	c.t.Helper()
	got, err := s.Client.Do(c.t.Context(), args...).Result()
	if err != nil {
		c.t.Fatalf("%v: %v", args, err)
	}
	return got
}
