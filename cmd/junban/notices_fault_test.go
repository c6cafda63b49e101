//go:build unix

package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// pushService takes the pushes of a test. Each path is a device.
type pushService struct {
	*httptest.Server

	mu     sync.Mutex
	topics map[string][]string      // by path, one for each push that came
	came   map[string][]time.Time   // the same
	slow   map[string]chan struct{} // paths whose answer waits
}

func newPushService(t *testing.T) *pushService {
	p := &pushService{topics: map[string][]string{}, came: map[string][]time.Time{}, slow: map[string]chan struct{}{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		p.mu.Lock()
		p.topics[r.URL.Path] = append(p.topics[r.URL.Path], r.Header.Get("Topic"))
		p.came[r.URL.Path] = append(p.came[r.URL.Path], time.Now())
		wait := p.slow[r.URL.Path]
		p.mu.Unlock()
		if wait != nil {
			select {
			case <-wait:
			case <-r.Context().Done():
			}
		}
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(p.Close)
	return p
}

// count returns how many pushes came to a device. More than one are no fault if each
// replaces the one before.
func (p *pushService) count(t *testing.T, device string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	topics := p.topics["/"+device]
	if len(topics) > 1 && (topics[0] == "" || len(slices.Compact(slices.Clone(topics))) > 1) {
		t.Errorf("%s got pushes that do not replace each other: %q", device, topics)
	}
	return len(topics)
}

// noticeNodes are two nodes on one Redis, whose patients' phones are at a push service.
type noticeNodes struct {
	*testing.T
	redis  *queuetest.Server
	nodes  [2]*programtest.Running
	flags  []string
	pushes *pushService
}

func newNoticeNodes(t *testing.T) *noticeNodes {
	t.Helper()
	n := &noticeNodes{T: t, redis: queuetest.NewServer(t), pushes: newPushService(t)}
	url := "redis://" + n.redis.Addr
	rooms := ""
	for i := range 20 {
		rooms += fmt.Sprintf("  - {id: \"%d\", name: 診察室, services: [\"1\"]}\n", i+1)
	}
	file := "id: \"1234\"\nname: ためし医院\nlisted: true\nautoPause: 0\nzone: " + queuetest.Noon() + "\nservices:\n  - {id: \"1\", name: 内科, mode: order}\nrooms:\n" + rooms
	programtest.Must(t, file, nil, "clinic", "import", "-", "--redis="+url)
	programtest.Must(t, programtest.Password, nil, "user", "set", "1234", "desk", "--redis="+url)
	n.flags = []string{"--redis=" + url, sharedBooks(t), "--push-allow=127.0.0.0/8"}
	for i := range n.nodes {
		n.start(i)
	}
	return n
}

func (n *noticeNodes) start(i int) {
	n.Helper()
	n.nodes[i] = programtest.Serve(n.T, n.TempDir(), nil, n.flags...)
}

// owner returns which node plans the notices of the clinic; it waits until one does.
func (n *noticeNodes) owner() (owner int) {
	n.Helper()
	programtest.Eventually(n.T, "a node owns the clinic", func() bool {
		for i, s := range n.nodes {
			r, err := http.Get(s.Ops + "/metrics")
			if err != nil {
				continue
			}
			text, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if strings.Contains(string(text), "\njunban_notify_owned_clinics 1\n") {
				owner = i
				return true
			}
		}
		return false
	})
	return owner
}

// desk is a logged-in desk of a node.
func (n *noticeNodes) desk(i int) *programtest.Client {
	n.Helper()
	c := n.nodes[i].Client()
	c.LogIn(n.T, "1234", "desk")
	return c
}

// patient takes a number at a node and asks for notices of some kinds on a device.
func (n *noticeNodes) patient(i int, device string, kinds ...string) wire.Issued {
	n.Helper()
	c := n.nodes[i].Client()
	mine := c.Issue(n.T, device)
	point, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		n.Fatal(err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	want := wire.NewWant{Channel: "push", Language: "ja", Kinds: kinds, Push: &wire.PushSubscription{
		Endpoint: n.pushes.URL + "/" + device,
		P256DH:   base64.RawURLEncoding.EncodeToString(point.PublicKey().Bytes()), Auth: base64.RawURLEncoding.EncodeToString(auth),
	}}
	status := c.Do(n.T, "PUT", "/v1/tickets/"+mine.Ticket.ID+"/wants", map[string]string{"Authorization": "Bearer " + mine.Token},
		wire.WantsRequest{Consent: wire.ConsentVersion, Wants: []wire.NewWant{want}}, nil)
	if status != http.StatusOK {
		n.Fatalf("asking for notices: status %d", status)
	}
	return mine
}

// call calls a ticket into a room.
func (n *noticeNodes) call(desk *programtest.Client, mine wire.Issued, room int) {
	n.Helper()
	desk.OK(n.T, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: fmt.Sprint(room), Ticket: mine.Ticket.ID}, nil)
}

// arrives waits until a device has got a push.
func (n *noticeNodes) arrives(device string) {
	n.Helper()
	programtest.Eventually(n.T, "a push to "+device, func() bool { return n.pushes.count(n.T, device) > 0 })
}

// TestFaults_NoticesSurviveTheirOwner kills the node that plans and sends, before each notice
// has settled. What was due arrives all the same, and what was undone never does.
func TestFaults_NoticesSurviveTheirOwner(t *testing.T) {
	t.Parallel()
	n := newNoticeNodes(t)
	n.patient(0, "first", "confirm")
	n.arrives("first")
	room := 0
	for round := range 2 {
		dies := n.owner()
		lives := 1 - dies
		desk := n.desk(lives)
		name := func(what string) string { return fmt.Sprintf("%s%d", what, round) }
		before, undone, after := n.patient(lives, name("before"), "call"), n.patient(lives, name("undone"), "call"), n.patient(lives, name("after"), "call")
		cancelled := n.patient(lives, name("cancelled"), "changed")
		n.call(desk, before, room+1)
		n.call(desk, undone, room+2)
		desk.OK(t, "POST", "/v1/tickets/"+cancelled.Ticket.ID+"/cancel", nil, nil)
		_ = n.nodes[dies].Cmd.Process.Kill()
		<-n.nodes[dies].Ended
		desk.OK(t, "POST", "/v1/tickets/"+undone.Ticket.ID+"/undo", nil, nil)
		n.call(desk, after, room+3)
		n.arrives(name("before"))
		n.arrives(name("after"))
		n.arrives(name("cancelled"))
		n.start(dies)
		room += 3
	}
	last := n.patient(0, "last", "call")
	n.call(n.desk(0), last, room+1)
	n.arrives("last") // later than all that was undone was due
	for round := range 2 {
		if got := n.pushes.count(t, fmt.Sprintf("undone%d", round)); got != 0 {
			t.Errorf("a call that was undone was sent %d times", got)
		}
	}
	if got := n.pushes.count(t, "first"); got != 1 {
		t.Errorf("the confirmation was sent %d times", got)
	}
}

// TestFaults_NoticesSurviveAStall stops the owner while a push is on its way, and lets it go on
// later. Another node sends what waited. The stalled node sends nothing again that does
// not replace the first.
func TestFaults_NoticesSurviveAStall(t *testing.T) {
	t.Parallel()
	n := newNoticeNodes(t)
	n.patient(0, "first", "confirm")
	n.arrives("first")
	stalls := n.owner()
	lives := 1 - stalls
	desk := n.desk(lives)
	hanging, waiting, undone := n.patient(lives, "hanging", "call"), n.patient(lives, "waiting", "call"), n.patient(lives, "undone", "call")
	answer := make(chan struct{})
	n.pushes.mu.Lock()
	n.pushes.slow["/hanging"] = answer
	n.pushes.mu.Unlock()
	n.call(desk, hanging, 1)
	n.arrives("hanging") // its answer does not come
	process := n.nodes[stalls].Cmd.Process
	n.call(desk, waiting, 2)
	n.call(desk, undone, 3)
	_ = process.Signal(syscall.SIGSTOP)
	t.Cleanup(func() { _ = process.Signal(syscall.SIGCONT) })
	desk.OK(t, "POST", "/v1/tickets/"+undone.Ticket.ID+"/undo", nil, nil)
	close(answer)
	n.arrives("waiting")
	_ = process.Signal(syscall.SIGCONT)
	last := n.patient(stalls, "last", "call")
	n.call(n.desk(stalls), last, 4)
	n.arrives("last")
	if got := n.pushes.count(t, "undone"); got != 0 {
		t.Errorf("a call that was undone was sent %d times", got)
	}
	if got := n.pushes.count(t, "hanging"); got > 2 {
		t.Errorf("the call whose answer was lost was sent %d times", got)
	}
}

// TestFaults_NoticesSurviveLostWrites kills Redis and starts it with an older copy. What is
// called afterwards arrives, and so does a call that is repeated because it was lost.
func TestFaults_NoticesSurviveLostWrites(t *testing.T) {
	t.Parallel()
	n := newNoticeNodes(t)
	lost, later := n.patient(0, "lost", "call"), n.patient(0, "later", "call")
	n.patient(0, "first", "confirm")
	n.arrives("first")
	desk := n.desk(0)
	if err := n.redis.Client.Save(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	n.call(desk, lost, 1)
	n.arrives("lost")
	n.redis.Kill()
	n.redis.Start()
	programtest.Eventually(t, "the ticket waits again", func() bool {
		now, status := n.nodes[0].Client().Show(t, lost)
		return status == http.StatusOK && now.State == "waiting"
	})
	n.call(desk, later, 2)
	n.arrives("later")
	n.call(desk, lost, 1)
	programtest.Eventually(t, "the call that was lost is sent again", func() bool { return n.pushes.count(t, "lost") == 2 })
	if got := n.pushes.count(t, "first"); got > 2 {
		t.Errorf("the confirmation was sent %d times", got)
	}
}
