package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
)

// Whatever body is sent, it is refused in words of ours, or it is one JSON
// object within the limit and means the same when it is written again.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"partySize":2,"firstVisit":true,"patient":{"name":"山田"}}`, " \n{}", "{", "{} {}", "[]", "null", `"{"`, "", `{"ahead":null,"number":1e2}`,
		`{"partySize":1.5}`, `{"unknown":1}`, `{"PARTYSIZE":1,"partySize":2}`, `{"patient":{"patient":{}}}`, "{\"reason\":\"\xff\"}",
		`{"reason":"` + strings.Repeat("x", 300) + `"}`, strings.Repeat(`{"patient":`, 200),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		const most = 256
		read := func(into *wire.IssueRequest) error {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
			return route.DecodeStrict(httptest.NewRecorder(), r, into, most)
		}
		var v wire.IssueRequest
		if err := read(&v); err != nil {
			var why problem.Problem
			if !errors.As(err, &why) || why.Code != "malformed_body" && why.Code != "body_too_large" {
				t.Fatalf("%q is refused with %v", body, err)
			}
			if (why.Code == "body_too_large") != (len(body) > most) {
				t.Fatalf("%d bytes are refused with %v", len(body), err)
			}
			return
		}
		if len(body) > most || !json.Valid(body) {
			t.Fatalf("%q was taken", body)
		}
		var loose, again wire.IssueRequest
		if err := route.Parse(body, &loose, false); err != nil || !reflect.DeepEqual(v, loose) {
			t.Errorf("%q is %+v, and %+v (%v) where other keys are allowed", body, v, loose, err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := route.Parse(text, &again, true); err != nil || !reflect.DeepEqual(v, again) {
			t.Errorf("%q is %+v, and written again %+v (%v)", body, v, again, err)
		}
	})
}

// Whatever a stranger says of who sent the request, only a trusted proxy is
// believed, and it cannot make an address that is none.
func FuzzPeer(f *testing.F) {
	for _, s := range [][2]string{
		{"10.0.0.1:80", "203.0.113.9, 10.0.0.2"}, {"203.0.113.9:80", "10.0.0.1"}, {"10.0.0.1:80", "x, 10.0.0.2"}, {"10.0.0.1:80", ",,"},
		{"[::1]:80", "::1"}, {"10.0.0.1:80", "203.0.113.9:4711"}, {"10.0.0.1:80", "[2001:db8::1]:80, unknown"}, {"[fe80::1%eth0]:80", "fe80::1%<script>"}, {"@", "10.0.0.1"}, {"10.0.0.1:80", "::ffff:203.0.113.9"}, {"", ""},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, from, forwarded string) {
		s := &Server{trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, log: slog.New(slog.DiscardHandler)}
		r := &http.Request{RemoteAddr: from, Header: http.Header{"X-Forwarded-For": {forwarded}, "X-Forwarded-Proto": {"https"}}}
		near, got := remote(r), s.peer(r)
		if !s.trusts(near) && (got != near || s.byTLS(r)) {
			t.Fatalf("%q is no proxy of ours, and was believed %q: %s", from, forwarded, got)
		}
		c := s.client(r)
		if got.Is4In6() || !got.IsValid() && s.trusts(near) && c.via == (netip.Addr{}) {
			t.Fatalf("%q behind %q is %+v", forwarded, from, c)
		}
		prefixes := c.prefixes()
		if len(prefixes) == 0 && !near.IsLoopback() || c.local && (s.trusts(near) || !near.IsLoopback()) {
			t.Errorf("%q behind %q is not counted: %+v", forwarded, from, c)
		}
		for _, p := range prefixes {
			if len(p.text) > len("0000:0000:0000:0000::/64") || strings.ContainsAny(p.text, "%<") {
				t.Errorf("%q behind %q is counted as %q", forwarded, from, p.text)
			}
		}
		// One more proxy of ours in the way changes nothing.
		r.Header["X-Forwarded-For"] = append(r.Header["X-Forwarded-For"], near.String())
		r.RemoteAddr = "10.9.9.9:1"
		if s.trusts(near) && s.peer(r) != got {
			t.Errorf("%q behind %q is %s, behind one more proxy %s", forwarded, from, got, s.peer(r))
		}
	})
}

// Whatever is sent as a token, the owner's is read whole and no other owns.
func FuzzBearer(f *testing.F) {
	k := keys{[]byte("one secret of thirty-two bytes..")}
	id := queue.TicketID("1234-1-261121-aaaaaaaaaaaa")
	for _, s := range []string{"Bearer " + k.plainToken(id), "bearer  " + k.plainToken(id), "Basic x", "Bearer", "", "Bearer \x00", "Bearer a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Authorization": {header}}}
		token, ok := route.Bearer(r)
		if ok != (len(header) >= 6 && strings.EqualFold(strings.SplitN(header, " ", 2)[0], "bearer")) || token != strings.TrimSpace(token) {
			t.Fatalf("%q has the token %q, %v", header, token, ok)
		}
		if k.owns(id, token) != (token == k.plainToken(id)) {
			t.Errorf("%q owns the ticket", token)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if again, ok := route.Bearer(r); again != token || !ok {
			t.Errorf("%q was read as %q", token, again)
		}
	})
}

func FuzzIdempotencyKey(f *testing.F) {
	for _, s := range []string{"", "k", "a b", "日", "\x7f", strings.Repeat("k", route.MaxKey), strings.Repeat("k", route.MaxKey+1)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		r := &http.Request{Header: http.Header{"Idempotency-Key": {sent}}}
		key, err := route.IdempotencyKey(r, false)
		fit := len(sent) <= route.MaxKey && strings.IndexFunc(sent, func(c rune) bool { return c < '!' || c > '~' }) < 0
		if (err == nil) != fit || err == nil && key != sent {
			t.Errorf("%q is the key %q: %v", sent, key, err)
		}
		if key, err := route.WebKey(r, false); (err == nil) != (fit && (sent == "" || len(sent) >= route.MinWebKey)) || err == nil && key != sent {
			t.Errorf("%q is a patient's key %q: %v", sent, key, err)
		}
		if _, err := route.IdempotencyKey(r, true); (err == nil) != (fit && sent != "") {
			t.Errorf("%q where a key is needed: %v", sent, err)
		}
	})
}
