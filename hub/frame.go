package hub

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"junban/hub/internal/socket"
)

// Topic names one state that can be watched. The hub gives it no meaning.
type Topic string

// Frame is one state of a topic. It must not be changed after it was published.
type Frame struct {
	Epoch   string // versions of different epochs cannot be compared
	Version uint64 // grows within an epoch
	Body    []byte // the whole message: one JSON text in UTF-8
	// Content is the part of the message that matters; it may alias Body. A
	// frame whose Content equals that of the frame before it, in the same
	// epoch, is not sent. Nil: the frame is always sent.
	Content []byte
	// At is when the state was read. Of two frames of one version the one that
	// was read later replaces the other. Zero: the figures of its age leave it out.
	At time.Time
}

// Newer reports whether f replaces the frame than: it is of another epoch, or
// has a greater version.
func (f Frame) Newer(than Frame) bool {
	return f.Epoch != than.Epoch || f.Version > than.Version
}

// sameContent reports whether a viewer of g would see nothing new in f.
func (f Frame) sameContent(g Frame) bool {
	return f.Epoch == g.Epoch && f.Content != nil && g.Content != nil && bytes.Equal(f.Content, g.Content)
}

// message is a frame with its bytes for each transport, made once and shared by
// every connection.
type message struct {
	Frame
	ws []byte // one WebSocket text frame

	once sync.Once
	sse  []byte // one event; see events
}

func newMessage(f Frame) *message {
	return &message{Frame: f, ws: socket.TextFrame(f.Body)}
}

// events returns the message as a server-sent event.
func (m *message) events() []byte {
	m.once.Do(func() {
		body := bytes.ReplaceAll(m.Body, []byte("\n"), []byte("\ndata: "))
		m.sse = append(append([]byte("data: "), body...), "\n\n"...)
	})
	return m.sse
}

// timeLayout writes instants as RFC 3339 with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

func pulseMessage(at time.Time) *message {
	return newMessage(Frame{Body: []byte(`{"type":"pulse","at":"` + at.UTC().Format(timeLayout) + `"}`)})
}

func staleMessage(t Topic, since time.Time) *message {
	return noticeMessage(struct {
		Type  string `json:"type"`
		Topic Topic  `json:"topic"`
		Since string `json:"since"`
	}{"stale", t, since.Format(timeLayout)})
}

func byeMessage(after time.Duration) *message {
	return noticeMessage(struct {
		Type         string `json:"type"`
		RetryAfterMs int64  `json:"retryAfterMs"`
	}{"bye", after.Milliseconds()})
}

func noticeMessage(v any) *message {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return newMessage(Frame{Body: body})
}
