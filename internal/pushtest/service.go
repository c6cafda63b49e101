package pushtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// Post is a push as a server posted it.
type Post struct {
	Channel string // of the subscription
	Header  http.Header
	Body    []byte
	Version string // names it in an acknowledgement
}

// Service is a push service for one Firefox, as Mozilla's autopush is: the browser
// connects by WebSocket and servers post to its endpoints. It is safe for concurrent use.
type Service struct {
	*httptest.Server

	mu       sync.Mutex
	browser  *websocket.Conn
	channels map[string]bool
	posts    []Post
	acks     map[string]int // by version; 100 is delivered
	status   int
}

// NewService starts a service on loopback. Close ends it.
func NewService() *Service {
	s := &Service{channels: make(map[string]bool), acks: make(map[string]int)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", s.serveBrowser)
	mux.HandleFunc("POST /wpush/{channel}", s.servePost)
	s.Server = httptest.NewServer(mux)
	return s
}

// Socket is the address for the pref dom.push.serverURL.
func (s *Service) Socket() string { return "ws" + strings.TrimPrefix(s.URL, "http") + "/" }

// Posts are the pushes to a subscription's endpoint so far, the oldest first. "" is
// every endpoint.
func (s *Service) Posts(endpoint string) []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var of []Post
	for _, p := range s.posts {
		if endpoint == "" || strings.HasSuffix(endpoint, "/"+p.Channel) {
			of = append(of, p)
		}
	}
	return of
}

// Ack is the code with which the browser acknowledged a push: 100 is decrypted and
// delivered, 0 not yet.
func (s *Service) Ack(version string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.acks[version]
}

// Answer makes the service refuse what is posted with a status; 0 ends that.
func (s *Service) Answer(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// frame is a message of the protocol, in either direction.
type frame struct {
	Type     string            `json:"messageType,omitempty"`
	Agent    string            `json:"uaid,omitempty"`
	Status   int               `json:"status,omitempty"`
	WebPush  bool              `json:"use_webpush,omitempty"`
	Channel  string            `json:"channelID,omitempty"`
	Endpoint string            `json:"pushEndpoint,omitempty"`
	Version  string            `json:"version,omitempty"`
	Data     string            `json:"data,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Code     int               `json:"code,omitempty"`
	Updates  []struct {
		Version string `json:"version"`
		Code    int    `json:"code"`
	} `json:"updates,omitempty"`
}

// serveBrowser speaks with the browser until it leaves.
func (s *Service) serveBrowser(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"push-notification"}, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(1 << 20)
	for {
		_, text, err := c.Read(r.Context())
		if err != nil {
			return
		}
		var in frame
		if json.Unmarshal(text, &in) != nil {
			return
		}
		if out, ok := s.answer(c, in); ok && send(r.Context(), c, out) != nil {
			return
		}
	}
}

// answer notes a message of the browser, and returns what it expects, if anything.
func (s *Service) answer(c *websocket.Conn, in frame) (frame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch in.Type {
	case "":
		return frame{}, true // a ping
	case "hello":
		s.browser = c
		if in.Agent == "" {
			in.Agent = random()
		}
		return frame{Type: "hello", Agent: in.Agent, Status: 200, WebPush: true}, true
	case "register":
		s.channels[in.Channel] = true
		return frame{Type: "register", Channel: in.Channel, Status: 200, Endpoint: s.URL + "/wpush/" + in.Channel}, true
	case "unregister":
		delete(s.channels, in.Channel)
		return frame{Type: "unregister", Channel: in.Channel, Status: 200}, true
	case "ack":
		for _, u := range in.Updates {
			s.acks[u.Version] = u.Code
		}
	case "nack":
		s.acks[in.Version] = in.Code
	}
	return frame{}, false
}

// servePost is a push of a server.
func (s *Service) servePost(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 5000))
	if err != nil {
		return
	}
	p := Post{r.PathValue("channel"), r.Header.Clone(), body, random()}
	s.mu.Lock()
	browser, known, status := s.browser, s.channels[p.Channel], s.status
	if known {
		s.posts = append(s.posts, p)
	}
	s.mu.Unlock()
	switch {
	case !known:
		w.WriteHeader(http.StatusGone)
	case status != 0:
		w.WriteHeader(status)
	case len(body) > 4096:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	case r.Header.Get("TTL") == "" || !strings.HasPrefix(r.Header.Get("Authorization"), "vapid t="):
		w.WriteHeader(http.StatusBadRequest)
	default:
		out := frame{Type: "notification", Channel: p.Channel, Version: p.Version, Data: base64.RawURLEncoding.EncodeToString(body), Headers: map[string]string{"encoding": r.Header.Get("Content-Encoding")}}
		if send(r.Context(), browser, out) != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusCreated)
	}
}

func send(ctx context.Context, c *websocket.Conn, f frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return c.Write(ctx, websocket.MessageText, text)
}

// random is a name of 32 hexadecimal digits.
func random() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}
