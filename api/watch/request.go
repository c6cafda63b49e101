package watch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/hub"
	"junban/queue/clinic"
)

const (
	Pattern   = "/v1/watch"
	maxTopics = 16
	minPulse  = 5             // seconds
	maxPulse  = 60            // seconds
	maxTokens = maxTopics + 1 // a token per ticket, or a screen's, beside the subprotocol's name
)

// watchRequest is a request to watch that is well formed.
type watchRequest struct {
	topics []view.Topic
	tokens []string
	pulse  time.Duration // 0: the usual
	socket bool          // a WebSocket; else a stream of events
}

// readWatch checks the form of a request to watch. It looks nothing up.
func readWatch(r *http.Request) (q watchRequest, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, problem.Refuse("topic_malformed", "the query string is malformed")
	}
	if q.topics, err = parseTopics(query["topic"]); err != nil {
		return q, err
	}
	if query.Has("pulse") {
		n, err := strconv.Atoi(query.Get("pulse"))
		if err != nil || n < minPulse || n > maxPulse {
			return q, problem.Refuse("pulse", "pulse must be between %d and %d seconds", minPulse, maxPulse)
		}
		q.pulse = time.Duration(n) * time.Second
	}
	if q.tokens, err = offered(r); err != nil {
		return q, err
	}
	q.socket = hasToken(r.Header, "Connection", "upgrade") && hasToken(r.Header, "Upgrade", "websocket")
	if !q.socket && !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		return q, problem.Refuse("upgrade_required", "open a WebSocket, or send Accept: text/event-stream")
	}
	return q, nil
}

// watch is GET /v1/watch: a WebSocket or an event stream of the topics named.
// Everything is checked before the stream begins, so that a refusal is a
// problem like any other. What costs nothing is checked before the handshake is
// counted, what asks Redis after it.
func (wt *Watch) watch(w http.ResponseWriter, r *http.Request) error {
	q, err := readWatch(r)
	if err != nil {
		return err
	}
	c := wt.claims(r, q)
	if err := wt.Hub.AllowHandshake(c.priority(), append(c.limits(), wt.limitsOfAddress(r, c.priority())...)...); err != nil {
		return err
	}
	for _, t := range q.topics {
		if c.of[t.Clinic] > 0 {
			continue
		}
		if err := wt.Limits.CheckWatched(r, t.Clinic); err != nil {
			return err
		}
	}
	wt.confirmScreen(r.Context(), &c)
	names, until, err := wt.admit(w.Header(), r, q, c)
	if err != nil {
		return err
	}
	o := hub.WatchOptions{Pulse: q.pulse, Subprotocol: wire.Subprotocol, Until: until, Priority: c.priority()}
	o.Limits = append(c.limits(), wt.limitsOfAddress(r, o.Priority)...)
	o.Limits = append(o.Limits, wt.limitsOfClinics(q.topics, c)...)
	if q.socket {
		err = wt.Hub.ServeWebSocket(w, r, names, o)
	} else {
		err = wt.Hub.ServeEvents(w, r, names, o)
	}
	if errors.Is(err, hub.ErrUpgrade) {
		return problem.Refuse("upgrade_required", "this is not a WebSocket handshake of version 13")
	}
	return err
}

// parseTopics checks the form and number of the topics; a repeated one counts once.
func parseTopics(names []string) ([]view.Topic, error) {
	var topics []view.Topic
	for _, name := range names {
		if slices.ContainsFunc(topics, func(t view.Topic) bool { return string(t.Name) == name }) {
			continue
		}
		if len(topics) == maxTopics {
			return nil, problem.Refuse("too_many_topics", "one connection can watch at most %d topics", maxTopics)
		}
		t, err := view.ParseTopic(name)
		if err != nil {
			return nil, err
		}
		topics = append(topics, t)
	}
	if len(topics) == 0 {
		return nil, problem.Refuse("topic_required", "name a topic, such as ?topic=service:1234-1")
	}
	return topics, nil
}

// admit checks that the client may watch each of the topics, and that there is
// something to watch. until is done when the login ends that one of them needs; nil
// when none does. A screen's claim is confirmed.
func (wt *Watch) admit(h http.Header, r *http.Request, q watchRequest, c claims) (names []hub.Topic, until context.Context, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), route.AnswerWithin)
	defer cancel()
	r = r.WithContext(ctx)
	proven := map[clinic.ID]bool{c.atScreen: c.atScreen != ""}
	for _, t := range q.topics { // first what proves that the client knows the clinic
		switch t.Kind {
		case view.ATicket:
			err = wt.admitOwner(t, q, c)
		case view.AStaff:
			until, err = wt.admitDesk(r, t)
		default:
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		proven[t.Clinic] = true
	}
	for _, t := range q.topics {
		names = append(names, t.Name)
		if t.Kind == view.ATicket || t.Kind == view.AStaff {
			continue
		}
		if !proven[t.Clinic] {
			err = wt.Limits.AuthorizeLookup(r, t.Clinic)
		}
		if err == nil {
			err = wt.Peers.MayShow(h, r, t.Clinic, wt.Clinics.Record)
		}
		if err == nil {
			err = wt.admitAnyone(ctx, t)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return names, until, nil
}

// admitOwner lets in clients that have the ticket's token. A token is computed by
// us alone, when the ticket is issued: it proves that the ticket was issued.
func (wt *Watch) admitOwner(t view.Topic, q watchRequest, c claims) error {
	if len(q.tokens) == 0 {
		return problem.Refuse("token_required", "send the ticket's token as Authorization: Bearer <token>, or as a subprotocol beside %s", wire.Subprotocol)
	}
	own, ok := c.owned[t.Ticket]
	if !ok {
		return problem.Refuse("token_wrong", "no token belongs to this ticket")
	}
	if own.Claimed {
		wt.Clinics.Claim(t.Ticket, own.Claim)
	}
	return nil
}

// admitDesk lets in the desk of the clinic, as long as its login lasts.
func (wt *Watch) admitDesk(r *http.Request, t view.Topic) (until context.Context, err error) {
	desk, err := wt.Logins.Of(r)
	if err != nil {
		return nil, err
	}
	if err := desk.Of(t.Clinic); err != nil {
		return nil, err
	}
	return wt.Logins.Until(desk), nil
}

// admitAnyone only checks that the topic exists. A topic that is watched already costs
// no Redis call, as it existed when that watch began.
func (wt *Watch) admitAnyone(ctx context.Context, t view.Topic) error {
	if wt.Hub.Watched(t.Name) {
		return nil
	}
	if t.Kind == view.AService {
		_, _, err := wt.Clinics.Service(ctx, t.Ref)
		return err
	}
	_, err := wt.Clinics.Record(ctx, t.Clinic)
	return err
}

// offered are the tokens of the request: its bearer token, and every entry of the
// subprotocols. A browser's WebSocket can send a token only there. More than a request
// can need are refused before any is looked at.
func offered(r *http.Request) (tokens []string, err error) {
	if token, ok := route.Bearer(r); ok {
		tokens = append(tokens, token)
	}
	entries := 0
	for _, list := range r.Header.Values("Sec-WebSocket-Protocol") {
		for entry := range strings.SplitSeq(list, ",") {
			if entries++; entries > maxTokens {
				return nil, problem.Refuse("too_many_tokens", "a client can offer at most %d subprotocols, tokens included", maxTokens)
			}
			if entry = strings.TrimSpace(entry); entry != "" && entry != wire.Subprotocol {
				tokens = append(tokens, entry)
			}
		}
	}
	return tokens, nil
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
