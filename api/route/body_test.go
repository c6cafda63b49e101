package route

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"junban/api/problem"
	"junban/api/wire"
)

// Any body is refused with a problem, or it is one JSON object within the limit. Such
// an object means the same when it is written again.
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
			return DecodeStrict(httptest.NewRecorder(), r, into, most)
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
		if err := Parse(body, &loose, false); err != nil || !reflect.DeepEqual(v, loose) {
			t.Errorf("%q is %+v, and %+v (%v) where other keys are allowed", body, v, loose, err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := Parse(text, &again, true); err != nil || !reflect.DeepEqual(v, again) {
			t.Errorf("%q is %+v, and written again %+v (%v)", body, v, again, err)
		}
	})
}

func FuzzIdempotencyKey(f *testing.F) {
	for _, s := range []string{"", "k", "a b", "日", "\x7f", strings.Repeat("k", maxKey), strings.Repeat("k", maxKey+1)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		r := &http.Request{Header: http.Header{"Idempotency-Key": {sent}}}
		key, err := IdempotencyKey(r, false)
		fit := len(sent) <= maxKey && strings.IndexFunc(sent, func(c rune) bool { return c < '!' || c > '~' }) < 0
		if (err == nil) != fit || err == nil && key != sent {
			t.Errorf("%q is the key %q: %v", sent, key, err)
		}
		if key, err := WebKey(r, false); (err == nil) != (fit && (sent == "" || len(sent) >= minWebKey)) || err == nil && key != sent {
			t.Errorf("%q is a patient's key %q: %v", sent, key, err)
		}
		if _, err := IdempotencyKey(r, true); (err == nil) != (fit && sent != "") {
			t.Errorf("%q where a key is needed: %v", sent, err)
		}
	})
}
