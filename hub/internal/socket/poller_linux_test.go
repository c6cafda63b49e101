package socket

import "testing"

// TestPoller_FindsNoConnectionOfAnEarlierPlace reuses a place. An event that was read
// before may still name the old connection.
func TestPoller_FindsNoConnectionOfAnEarlierPlace(t *testing.T) {
	t.Parallel()
	var p Poller
	defer p.Close()
	old, next := &Conn{}, &Conn{}
	before, _, ok := p.reserve(old)
	if !ok || p.find(before) != old {
		t.Fatal("the first connection has no place")
	}
	p.remove(before)
	if p.find(before) != nil {
		t.Error("a connection that is gone is found")
	}
	after, _, ok := p.reserve(next)
	if !ok || after.index != before.index || p.find(after) != next {
		t.Errorf("the next connection is at %v after %v", after, before)
	}
	if p.find(before) != nil {
		t.Error("an event of the old connection finds the new one")
	}
}
