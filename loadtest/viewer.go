package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"junban/api/wire"
)

// viewer keeps one connection that watches several topics, and holds the newest
// state of each. A [watcher] watches one topic, and thousands share its process.
type viewer struct {
	node   int // that it is connected to
	target watchTarget
	conn   net.Conn
	notify func() // called after every change of the fields below
	ended  chan struct{}

	mu     sync.Mutex // guards the fields below
	states map[string]*topicState
	sum    viewerSum
	err    error // that ended the connection
}

// topicState is what a viewer has received of one topic.
type topicState struct {
	epoch   string
	version uint64
	newest  []byte    // frame
	since   []arrival // versions since the last call of mark, oldest first
}

// arrival is the first frame of a version.
type arrival struct {
	version uint64
	at      time.Time
}

// openViewer connects and returns when the viewer has a state of every topic. The
// caller closes it.
func openViewer(ctx context.Context, base string, node int, target watchTarget, notify func()) (*viewer, error) {
	conn, early, err := dialWatch(ctx, base, target, nil, false)
	if err != nil {
		return nil, fmt.Errorf("watching %v: %w", target.topics, err)
	}
	opened := make(chan struct{}, 1)
	v := &viewer{node: node, target: target, conn: conn, ended: make(chan struct{}), states: map[string]*topicState{}}
	v.notify = func() {
		select {
		case opened <- struct{}{}:
		default:
		}
		notify()
	}
	go v.read(early)
	timeout := time.NewTimer(operationTimeout)
	defer timeout.Stop()
	for {
		v.mu.Lock()
		missing, failed := len(target.topics)-len(v.states), v.err
		v.mu.Unlock()
		if failed == nil && missing == 0 {
			return v, nil
		}
		if failed == nil {
			select {
			case <-opened:
			case <-timeout.C:
				failed = errors.New("no state")
			case <-ctx.Done():
				failed = ctx.Err()
			}
		}
		if failed != nil {
			v.close()
			return nil, fmt.Errorf("watching %v: %w", target.topics, failed)
		}
	}
}

// close ends the connection and returns when its goroutine has ended.
func (v *viewer) close() {
	v.conn.Close()
	<-v.ended
}

// read receives until the connection ends.
func (v *viewer) read(early []byte) {
	defer close(v.ended)
	err := v.receiveAll(early)
	v.mu.Lock()
	v.err = err
	v.mu.Unlock()
	v.notify()
}

func (v *viewer) receiveAll(early []byte) error {
	in := frameReader{source: v.conn, buf: make([]byte, max(bufferSize, len(early)))}
	in.end = copy(in.buf, early)
	for {
		op, payload, err := in.next()
		if err != nil {
			return err
		}
		switch op {
		case opText:
			if err := v.receive(payload, time.Now()); err != nil {
				return err
			}
		case opPing:
			if _, err := v.conn.Write(appendControl(nil, opPong, payload)); err != nil {
				return err
			}
		case opClose:
			return io.EOF
		default:
			return fmt.Errorf("frame of type %#x", op)
		}
	}
}

// receive handles one text frame.
func (v *viewer) receive(payload []byte, at time.Time) error {
	h, err := scanHeader(payload)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sum.bytes += int64(frameSize(len(payload)))
	switch string(h.kind) {
	case wire.TypePulse:
		return nil
	case wire.TypeStale:
		v.sum.stale++
		return nil
	case wire.TypeBye:
		return errors.New("the server said goodbye")
	}
	v.sum.frames++
	s, ok := v.states[string(h.topic)]
	if !ok {
		s = &topicState{epoch: string(h.epoch)}
		v.states[string(h.topic)] = s
	}
	switch {
	case string(h.epoch) != s.epoch:
		return fmt.Errorf("%s went from epoch %s to %s", h.topic, s.epoch, h.epoch)
	case h.version < s.version:
		return fmt.Errorf("%s went from version %d back to %d", h.topic, s.version, h.version)
	case h.version > s.version:
		s.version = h.version
		s.since = append(s.since, arrival{h.version, at})
	}
	s.newest = append(s.newest[:0], payload...)
	v.notify()
	return nil
}

// received returns what the viewer has received so far.
func (v *viewer) received() viewerSum {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.sum
}

// mark forgets the arrivals of every topic.
func (v *viewer) mark() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.states {
		s.since = s.since[:0]
	}
}

// arrivals returns the arrivals of a topic since the last call of mark. The slice is
// valid until the next one.
func (v *viewer) arrivals(topic string) ([]arrival, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err != nil {
		return nil, fmt.Errorf("watching %v: %w", v.target.topics, v.err)
	}
	return v.states[topic].since, nil
}

// frameSize returns the size of an unmasked frame, RFC 6455 §5.2.
func frameSize(payload int) int {
	switch {
	case payload < 126:
		return 2 + payload
	case payload < 1<<16:
		return 4 + payload
	default:
		return 10 + payload
	}
}
