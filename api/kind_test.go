package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/queue"
)

// TestKinds_AreSetOfferedAndSaid goes from the settings to the desk's line.
func TestKinds_AreSetOfferedAndSaid(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path := "/v1/services/" + w.ref("1") + "/settings"
		page := func() string { return string(w.do(ask{method: "GET", path: "/s/" + w.ref("1")}).body) }
		was := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie})
		if was.Kinds == nil || len(was.Kinds) != 0 || strings.Contains(page(), `id="kinds"`) {
			t.Errorf("kinds of a service that has none: %+v", was.Kinds)
		}
		w.refused(422, "kind_unknown", w.web("1", wire.IssueRequest{Kind: "shot"}))
		mine := was
		mine.Kinds = []wire.Kind{{ID: "1", Name: " 診察 "}, {ID: "shot", Name: "注射"}}
		want := []wire.Kind{{ID: "1", Name: "診察"}, {ID: "shot", Name: "注射"}}
		if now := get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: mine}); !cmp.Equal(now.Kinds, want) {
			t.Errorf("set %+v", now.Kinds)
		}
		if got := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()}); !cmp.Equal(got.Services[0].Kinds, want) || got.Services[1].Kinds != nil {
			t.Errorf("the profile says %+v", got.Services)
		}
		if got := page(); !strings.Contains(got, `id="kinds">[{"id":"1","name":"診察"},{"id":"shot","name":"注射"}]</script>`) {
			t.Errorf("the page offers none: %s", got)
		}
		id := w.issue("1", wire.IssueRequest{Kind: "shot"}).Ticket.ID
		staff := w.staff(cookie).Services[0]
		if !cmp.Equal(staff.Kinds, want) || staff.Tickets[0].ID != id || staff.Tickets[0].Kind != "注射" {
			t.Errorf("the desk sees %+v, kinds %+v", staff.Tickets[0], staff.Kinds)
		}
		for name, kinds := range map[string][]wire.Kind{
			"twice":     {{ID: "1", Name: "a"}, {ID: "1", Name: "b"}},
			"no id":     {{Name: "a"}},
			"a slash":   {{ID: "a/b", Name: "a"}},
			"no name":   {{ID: "1"}},
			"long name": {{ID: "1", Name: strings.Repeat("あ", 31)}},
			"too many":  make([]wire.Kind, 100),
		} {
			bad := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie})
			bad.Kinds = kinds
			if got := w.do(ask{method: "PUT", path: path, cookie: cookie, body: bad}); got.status != 400 || !strings.Contains(string(got.body), "kinds") {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
	})
}

// TestFinish_MayBeInaccurate finishes with a body, without one, and with a wrong one.
func TestFinish_MayBeInaccurate(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		for _, c := range []struct {
			body any
			want bool
		}{{wire.FinishRequest{Inaccurate: true}, true}, {wire.FinishRequest{}, false}, {nil, false}} {
			w.issue("1", wire.IssueRequest{})
			id := w.callNext(cookie, "1", "1").ID
			w.refused(400, "malformed_body", ask{method: "POST", path: "/v1/tickets/" + id + "/finish", cookie: cookie, body: "no"})
			if got := w.actWith(cookie, id, "finish", c.body); got.State != "done" {
				t.Fatalf("finished with %+v: %+v", c.body, got)
			}
			if got, err := w.line.Ticket(t.Context(), queue.TicketID(id)); err != nil || got.Inaccurate != c.want {
				t.Errorf("finished with %+v: inaccurate %t, %v", c.body, got.Inaccurate, err)
			}
		}
	})
}
