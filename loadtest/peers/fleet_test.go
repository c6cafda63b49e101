package main

import (
	"strings"
	"testing"
	"time"
)

func TestFleet_NoticesAMissingDelivery(t *testing.T) {
	t.Parallel()
	c, pub, server := watchFloor(t, 3)
	r, err := c.peer.publish("http://"+c.address.String(), 1, makeFrame(1, 300))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.publishAndWait(t.Context(), 1, pub, r); err != nil {
		t.Fatal(err)
	}
	server.mu.Lock()
	server.conns = server.conns[:2]
	server.mu.Unlock()
	c.timeout = 50 * time.Millisecond
	if r, err = c.peer.publish("http://"+c.address.String(), 2, makeFrame(2, 300)); err != nil {
		t.Fatal(err)
	}
	if _, err = c.publishAndWait(t.Context(), 2, pub, r); err == nil || !strings.Contains(err.Error(), "reached 2 of 3") {
		t.Errorf("got %v", err)
	}
}

// watchFloor runs the floor in this process, with n watchers and a publisher.
func watchFloor(t *testing.T, n int) (*fleet, *publisher, *floor) {
	t.Helper()
	server, err := listenFloor("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := server.listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- server.serve(t.Context()) }()
	t.Cleanup(func() {
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	c, err := openFleet(t.Context(), floorPeer(), listen, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	pub, err := dialPublisher(floorPeer(), listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pub.close)
	return c, pub, server
}
