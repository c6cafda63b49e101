package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/api/wire"
	"junban/hub"
	"junban/queue"
)

const (
	watchPattern = "/v1/watch"
	maxTopics    = 16
	minPulse     = 5  // seconds
	maxPulse     = 60 // seconds

	// watchesOfHome is how many watches a household may begin in a second: a
	// hospital whose screens all come back at once needs some.
	watchesOfHome = 50
)

// watch is GET /v1/watch: a WebSocket or an event stream of the topics named.
// Everything is checked before the stream begins, so that a refusal is a
// problem like any other.
func (s *Server) watch(w http.ResponseWriter, r *http.Request) error {
	limits := s.limitsOfHome(r)
	if err := s.hub.Knock(limits...); err != nil { // before anything costs more than this
		return err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refuse("topic_malformed", "the query cannot be read")
	}
	topics, err := parseTopics(query["topic"])
	if err != nil {
		return err
	}
	o := hub.WatchOptions{Subprotocol: wire.Subprotocol}
	if query.Has("pulse") {
		n, err := strconv.Atoi(query.Get("pulse"))
		if err != nil || n < minPulse || n > maxPulse {
			return refuse("pulse", "pulse is %d to %d seconds", minPulse, maxPulse)
		}
		o.Pulse = time.Duration(n) * time.Second
	}
	names, until, err := s.admit(w.Header(), r, topics)
	if err != nil {
		return err
	}
	o.Until, o.Limits = until, append(limits, s.limitsOfClinics(topics)...)
	switch {
	case hasToken(r.Header, "Connection", "upgrade") && hasToken(r.Header, "Upgrade", "websocket"):
		err = s.hub.ServeWebSocket(w, r, names, o)
	case strings.Contains(r.Header.Get("Accept"), "text/event-stream"):
		err = s.hub.ServeEvents(w, r, names, o)
	default:
		return refuse("upgrade_required", "open a WebSocket here, or send Accept: text/event-stream")
	}
	if errors.Is(err, hub.ErrUpgrade) {
		return refuse("upgrade_required", "this is not a WebSocket handshake of version 13")
	}
	return err
}

// limitsOfHome are what a household's watches are counted under. This machine
// itself has none: see [Server.within].
func (s *Server) limitsOfHome(r *http.Request) []hub.Limit {
	peer := s.peer(r)
	if peer.IsLoopback() {
		return nil
	}
	return []hub.Limit{{Key: "address " + household(peer), Max: s.watchersOfHome, Rate: watchesOfHome}}
}

// limitsOfClinics are what the watch is counted under for its topics.
func (s *Server) limitsOfClinics(topics []topic) []hub.Limit {
	var limits []hub.Limit
	for _, t := range topics {
		l := hub.Limit{Key: "clinic " + string(t.clinic), Max: s.watchersOfClinic}
		if !slices.Contains(limits, l) {
			limits = append(limits, l)
		}
	}
	return limits
}

// parseTopics checks the form and number of the topics; a repeated one counts once.
func parseTopics(names []string) ([]topic, error) {
	var topics []topic
	for _, name := range names {
		if slices.ContainsFunc(topics, func(t topic) bool { return string(t.name) == name }) {
			continue
		}
		if len(topics) == maxTopics {
			return nil, refuse("too_many_topics", "at most %d topics are watched at once", maxTopics)
		}
		t, err := parseTopic(name)
		if err != nil {
			return nil, err
		}
		topics = append(topics, t)
	}
	if len(topics) == 0 {
		return nil, refuse("topic_required", "name what to watch: ?topic=service:1234-1")
	}
	return topics, nil
}

// admit checks that the client may watch each of the topics, and that there is
// something to watch. until is done when the session is over that one of them
// needs; nil when none does.
func (s *Server) admit(h http.Header, r *http.Request, topics []topic) (names []hub.Topic, until context.Context, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	r = r.WithContext(ctx)
	tokens, proven := offered(r), map[queue.ClinicID]bool{}
	for _, t := range topics { // first what proves that the client knows the clinic
		switch t.kind {
		case aTicket:
			err = s.admitOwner(t, tokens)
		case aStaff:
			until, err = s.admitDesk(r, t)
		default:
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		proven[t.clinic] = true
	}
	for _, t := range topics {
		names = append(names, t.name)
		if t.kind == aTicket || t.kind == aStaff {
			continue
		}
		if !proven[t.clinic] {
			err = s.authorizeLookup(r, t.clinic)
		}
		if err == nil {
			err = s.mayShow(h, r, t.clinic)
		}
		if err == nil {
			err = s.admitAnyone(ctx, t)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return names, until, nil
}

// admitOwner lets in clients that have the ticket's token. A token is computed by
// us alone, when the ticket is issued: it proves that the ticket was issued.
func (s *Server) admitOwner(t topic, tokens []string) error {
	if len(tokens) == 0 {
		return refuse("token_required", "send the ticket's token as Authorization: Bearer <token>, or as a subprotocol beside %s", wire.Subprotocol)
	}
	for _, token := range tokens {
		if claim, ok := s.keys.claim(t.ticket, token); ok {
			s.source.claim(t.ticket, claim)
			return nil
		}
		if s.keys.owns(t.ticket, token) {
			return nil
		}
	}
	return refuse("token_wrong", "none of the tokens is the ticket's")
}

// admitDesk lets in the desk of the clinic, as long as its session lasts.
func (s *Server) admitDesk(r *http.Request, t topic) (until context.Context, err error) {
	desk, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if err := desk.of(t.clinic); err != nil {
		return nil, err
	}
	return s.sessions.live.of(desk), nil
}

// admitAnyone only looks whether the thing is there: 0 Redis calls where it is
// watched already, because it was there when that began.
func (s *Server) admitAnyone(ctx context.Context, t topic) error {
	if s.hub.Watched(t.name) {
		return nil
	}
	if t.kind == aService {
		_, _, err := s.records.service(ctx, t.ref)
		return err
	}
	_, err := s.records.clinic(ctx, t.clinic)
	return err
}

// offered are the tokens of the request: its bearer token, and every entry of
// the subprotocols, which is where a browser's WebSocket can put one.
func offered(r *http.Request) []string {
	var tokens []string
	if token, ok := bearer(r); ok {
		tokens = append(tokens, token)
	}
	for _, list := range r.Header.Values("Sec-WebSocket-Protocol") {
		for entry := range strings.SplitSeq(list, ",") {
			if entry = strings.TrimSpace(entry); entry != "" && entry != wire.Subprotocol {
				tokens = append(tokens, entry)
			}
		}
	}
	return tokens
}

// hasToken reports whether a header that lists tokens has that one.
func hasToken(h http.Header, name, token string) bool {
	for _, list := range h.Values(name) {
		for entry := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(entry), token) {
				return true
			}
		}
	}
	return false
}
