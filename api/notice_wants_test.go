package api

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// TestOrigin_OfLinksIsNotTheHostOfARequest names another host, as a stranger may. The
// links of mails, which have tokens, do not lead there.
func TestOrigin_OfLinksIsNotTheHostOfARequest(t *testing.T) {
	t.Parallel()
	for _, fixed := range []string{"https://junban.example", ""} {
		var box *outbox.Store
		w := newRealWorld(t, func(c *Config) {
			box, c.Notices.Origin = c.Outbox.(*outbox.Store), fixed
		})
		n := &noticeWorld{world: w, ticket: w.issue("1", wire.IssueRequest{PartySize: 1, Patient: person(1)})}
		forged := func(a ask) {
			t.Helper()
			a.header = http.Header{"Content-Type": {"application/json"}, "X-Forwarded-Host": {"other.example"}}
			body, err := json.Marshal(a.body)
			if err != nil {
				t.Fatal(err)
			}
			r := w.request(a, bytes.NewReader(body))
			r.Host = "other.example"
			res, err := w.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if res.Body.Close(); res.StatusCode != http.StatusOK {
				t.Fatalf("%s %s: status %d", a.method, a.path, res.StatusCode)
			}
		}
		want := cmp.Or(fixed, "http://other.example")
		push := aDevice(t, "https://push.example/"+w.number())
		forged(n.put(wire.NewWant{Channel: "push", Push: push, Language: "ja"}))
		forged(ask{method: "POST", path: "/v1/clinics/" + w.number() + "/follow", body: wire.FollowRequest{Push: push, Language: "ja", Consent: wire.ConsentVersion}})
		id, err := queue.ParseTicketID(n.ticket.Ticket.ID)
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := box.Wants(t.Context(), id); err != nil || len(kept) != 1 || kept[0].Origin != want {
			t.Errorf("the origin is to be %q: wants %+v, error %v", want, kept, err)
		}
		if kept, _, err := box.FollowersPage(t.Context(), clinic.ID(w.number()), 0, 10); err != nil || len(kept) != 1 || kept[0].Origin != want {
			t.Errorf("the origin is to be %q: followers %+v, error %v", want, kept, err)
		}
	}
}

const testEndpoint = "https://push.example/send/abcdefSECRET"

func TestWants_AreReplacedAndStoppedInOneRequest(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	for range 40 { // so that the patient is not to come at once
		n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1})
	}
	look := ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token}
	if got := get[wire.Wants](n.world, 200, look); !slices.Equal(got.Channels, []string{"push", "mail", "inbox"}) || got.Travel != 20 || len(got.Wants) != 0 || got.Tag == "" || !got.News {
		t.Errorf("offered: %+v", got)
	}
	proven := n.prove(n.mail)
	travel := 30
	got := get[wire.Wants](n.world, 200, n.put(
		wire.NewWant{Channel: "push", Push: aDevice(t, testEndpoint), Language: "ja"},
		wire.NewWant{Channel: "mail", Mail: n.mail, Proven: proven, Travel: &travel, Ahead: 3, Kinds: []string{"call", "approach"}, Language: "en"},
	))
	if len(got.Wants) != 2 || got.Wants[0].Channel != "push" || got.Wants[0].Travel != 20 {
		t.Fatalf("wanted: %+v", got.Wants)
	}
	mail := got.Wants[1]
	if mail.Address != "…12@…" || mail.Travel != 30 || mail.Ahead != 3 || !slices.Equal(mail.Kinds, []string{"call", "approach"}) || mail.Next == nil || mail.Next.Ahead != 3 || mail.Next.Minutes == nil || *mail.Next.Minutes != 30 {
		t.Errorf("wanted by mail: %+v, next %+v", mail, mail.Next)
	}
	kept, err := n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID))
	if err != nil || len(kept) != 2 {
		t.Fatalf("kept: %+v %v", kept, err)
	}
	if w := kept[1]; w.Address.Mail != n.mail || w.Token != n.ticket.Token || w.Consent != wire.ConsentVersion || w.At.IsZero() || w.Origin != n.url {
		t.Errorf("kept: %+v", w)
	}
	if kept[0].Token != "" {
		t.Error("a push has the ticket's token")
	}
	// Another device changes the order and the travel time, and knows no address.
	got = get[wire.Wants](n.world, 200, n.put(
		wire.NewWant{Channel: "mail", ID: mail.ID, Travel: &travel, Language: "ja"}, wire.NewWant{Channel: "push", ID: got.Wants[0].ID, Language: "ja"},
	))
	if kept, err = n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID)); err != nil || len(kept) != 2 || kept[0].Address.Mail != n.mail || kept[1].Address.Endpoint != testEndpoint {
		t.Errorf("after another device: %+v %v, answer %+v", kept, err, got.Wants)
	}
	text := string(n.do(look).body)
	n.silent(text)
	stop := ask{method: "PUT", path: n.wantsPath(), token: n.ticket.Token, body: wire.WantsRequest{Wants: []wire.NewWant{}}}
	for range 2 {
		if got := get[wire.Wants](n.world, 200, stop); len(got.Wants) != 0 {
			t.Errorf("stopped: %+v", got.Wants)
		}
	}
	if kept, err := n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID)); err != nil || len(kept) != 0 {
		t.Errorf("kept after the stop: %+v %v", kept, err)
	}
}

func TestWants_NeedTheTicketsToken(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	other := n.issue("1", wire.IssueRequest{PartySize: 1})
	for _, method := range []string{"GET", "PUT"} {
		body := wire.WantsRequest{Wants: []wire.NewWant{}}
		n.refused(401, "token_required", ask{method: method, path: n.wantsPath(), body: body})
		n.refused(403, "token_wrong", ask{method: method, path: n.wantsPath(), token: other.Token, body: body})
	}
	n.refused(401, "token_required", ask{method: "GET", path: n.wantsPath(), cookie: n.login()})
}

func TestWants_BadInputIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	proven := n.prove(n.mail)
	inbox := func(name string) wire.NewWant {
		return wire.NewWant{Channel: "inbox", Inbox: name, Language: "ja"}
	}
	minutes := 15
	offCurve := aDevice(t, testEndpoint)
	offCurve.P256DH = base64.RawURLEncoding.EncodeToString(append([]byte{4}, make([]byte, 64)...))
	short := aDevice(t, testEndpoint)
	short.Auth = "AAAA"
	nine := make([]wire.NewWant, 9)
	for i := range nine {
		nine[i] = inbox(string(rune('a' + i)))
	}
	pushed := func(s *wire.PushSubscription) []wire.NewWant {
		return []wire.NewWant{{Channel: "push", Push: s, Language: "ja"}}
	}
	mailed := func(to, proven string) []wire.NewWant {
		return []wire.NewWant{{Channel: "mail", Mail: to, Proven: proven, Language: "ja"}}
	}
	with := func(change func(*wire.NewWant)) []wire.NewWant {
		w := inbox("a")
		change(&w)
		return []wire.NewWant{w}
	}
	for name, tt := range map[string]struct {
		wants         []wire.NewWant
		pointer, code string
	}{
		"nine":                      {nine, "/wants", "too_many"},
		"twice":                     {[]wire.NewWant{inbox("a"), inbox("a")}, "/wants/1/channel", "used_twice"},
		"twice, in capitals":        {append(mailed(n.mail, proven), mailed(strings.ToUpper(n.mail), proven)...), "/wants/1/channel", "used_twice"},
		"an unknown channel":        {with(func(w *wire.NewWant) { w.Channel = "fax" }), "/wants/0/channel", "not_one_of"},
		"no subscription":           {pushed(nil), "/wants/0/push", "missing"},
		"loopback":                  {pushed(aDevice(t, "https://127.0.0.1/SECRET")), "/wants/0/push", "not_push"},
		"a private address":         {pushed(aDevice(t, "https://10.1.2.3/SECRET")), "/wants/0/push", "not_push"},
		"metadata":                  {pushed(aDevice(t, "https://169.254.169.254/SECRET")), "/wants/0/push", "not_push"},
		"loopback in IPv6":          {pushed(aDevice(t, "https://[::1]/SECRET")), "/wants/0/push", "not_push"},
		"plain http":                {pushed(aDevice(t, "http://push.example/SECRET")), "/wants/0/push", "not_push"},
		"another port":              {pushed(aDevice(t, "https://push.example:8443/SECRET")), "/wants/0/push", "not_push"},
		"user info":                 {pushed(aDevice(t, "https://a:b@push.example/SECRET")), "/wants/0/push", "not_push"},
		"2 KiB of endpoint":         {pushed(aDevice(t, testEndpoint+strings.Repeat("a", 2048))), "/wants/0/push", "not_push"},
		"a key off the curve":       {pushed(offCurve), "/wants/0/push", "not_push"},
		"a short auth":              {pushed(short), "/wants/0/push", "not_push"},
		"no mail":                   {mailed("", proven), "/wants/0/mail", "missing"},
		"a line break in the mail":  {mailed("hanako12@example.jp\r\nBcc: x@example.jp", proven), "/wants/0/mail", "characters"},
		"bidi marks in the mail":    {mailed("hanako12\u202e@example.jp", proven), "/wants/0/mail", "characters"},
		"two dots in the mail":      {mailed("hanako12..x@example.jp", proven), "/wants/0/mail", "not_mail"},
		"a mail that is not proven": {mailed(n.mail, ""), "/wants/0/proven", "not_proven"},
		"the proof of another mail": {mailed("taro@example.jp", proven), "/wants/0/proven", "not_proven"},
		"a forged proof":            {mailed(n.mail, strings.Repeat("A", 43)), "/wants/0/proven", "not_proven"},
		"an unknown want":           {with(func(w *wire.NewWant) { w.ID = "zzz" }), "/wants/0/id", "want_unknown"},
		"no inbox":                  {with(func(w *wire.NewWant) { w.Inbox = "" }), "/wants/0/inbox", "missing"},
		"a long inbox":              {with(func(w *wire.NewWant) { w.Inbox = strings.Repeat("あ", 41) }), "/wants/0/inbox", "too_long"},
		"bidi marks in the inbox":   {with(func(w *wire.NewWant) { w.Inbox = "a\u2066b" }), "/wants/0/inbox", "characters"},
		"15 minutes":                {with(func(w *wire.NewWant) { w.Travel = &minutes }), "/wants/0/travel", "not_one_of"},
		"11 ahead":                  {with(func(w *wire.NewWant) { w.Ahead = 11 }), "/wants/0/ahead", "between"},
		"-1 ahead":                  {with(func(w *wire.NewWant) { w.Ahead = -1 }), "/wants/0/ahead", "between"},
		"an unknown kind":           {with(func(w *wire.NewWant) { w.Kinds = []string{"call", "joke"} }), "/wants/0/kinds/1", "not_one_of"},
		"news":                      {with(func(w *wire.NewWant) { w.Kinds = []string{"news"} }), "/wants/0/kinds/0", "not_one_of"},
		"a kind twice":              {with(func(w *wire.NewWant) { w.Kinds = []string{"call", "call"} }), "/wants/0/kinds/1", "used_twice"},
		"an unknown language":       {with(func(w *wire.NewWant) { w.Language = "tlh" }), "/wants/0/language", "not_one_of"},
	} {
		n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1}) // each has its own limit
		res := n.refused(400, "field_invalid", n.put(tt.wants...))
		if p := problemIn(t, res.body); len(p.Errors) != 1 || p.Errors[0].Pointer != tt.pointer || p.Errors[0].Code != tt.code {
			t.Errorf("%s: %s", name, res.body)
		}
		n.silent(string(res.body))
	}
	body := n.put(inbox("a"))
	body.body = wire.WantsRequest{Wants: []wire.NewWant{inbox("a")}}
	if p := problemIn(t, n.refused(400, "field_invalid", body).body); p.Errors[0].Pointer != "/consent" {
		t.Errorf("without consent: %+v", p)
	}
	if kept, err := n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID)); err != nil || len(kept) != 0 {
		t.Errorf("kept: %+v %v", kept, err)
	}
}

func TestWants_OfAClinicThatSendsNothing(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	c := n.clinic
	c.Notices = clinic.Notices{Channels: []string{"push", "mail"}, Off: []string{"call", "news"}}
	if err := n.change(c); err != nil {
		t.Fatal(err)
	}
	if got := get[wire.Wants](n.world, 200, ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token}); !slices.Equal(got.Channels, []string{"inbox"}) || slices.Contains(got.Kinds, "call") || got.News {
		t.Errorf("offered: %+v", got)
	}
	n.refused(503, "mail_unavailable", ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: n.mail, Language: "ja"}})
	n.refused(400, "field_invalid", ask{method: "POST", path: "/v1/clinics/" + n.number() + "/follow", body: wire.FollowRequest{Push: aDevice(t, testEndpoint), Language: "ja", Consent: "1"}})
}

// change writes the clinic's record.
func (n *noticeWorld) change(c clinic.Clinic) error {
	err := n.world.put.PutClinic(n.t.Context(), c, queue.Act{})
	if err == nil {
		_, err = n.api.clinics.Refresh(n.t.Context(), c.ID)
	}
	return err
}

func TestWants_OfATicketThatIsOver(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	n.act(n.login(), n.ticket.Ticket.ID, "cancel")
	n.refused(409, "state_forbids", n.put(wire.NewWant{Channel: "inbox", Inbox: "a", Language: "ja"}))
	get[wire.Wants](n.world, 200, n.put())
}

// TestWants_ShowWhatIsInTheWay switches a channel off, suppresses an address and reaches a
// cap. The owner is shown each, and the notices that it stopped. A code that is given back lifts
// the suppression.
func TestWants_ShowWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	mailed := wire.NewWant{Channel: "mail", Mail: n.mail, Proven: n.prove(n.mail), Language: "ja"}
	put := n.put(wire.NewWant{Channel: "push", Push: aDevice(t, testEndpoint), Language: "ja"}, mailed)
	problems := func(a ask) string {
		t.Helper()
		var all []string
		for _, w := range get[wire.Wants](n.world, 200, a).Wants {
			all = append(all, w.Channel+" "+w.Problem)
			if w.Problem != "" && w.Next != nil {
				t.Errorf("%s, and still %+v", w.Problem, w.Next)
			}
		}
		return strings.Join(all, ", ")
	}
	check := func(when, want string, a ask) {
		t.Helper()
		if got := problems(a); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	look := ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token}
	check("at first", "push , mail ", put)
	hash := n.box.Hash(outbox.Address{Mail: n.mail})
	if err := n.box.Suppress(t.Context(), n.clinic.ID, outbox.Mail, hash, "550"); err != nil {
		t.Fatal(err)
	}
	check("after mail returned", "push , mail suppressed", look)
	n.prove(n.mail)
	check("after another code", "push , mail ", look)

	c := n.clinic
	c.Notices.Channels = []string{"push"}
	if err := n.change(c); err != nil {
		t.Fatal(err)
	}
	got := get[wire.Wants](n.world, 200, look)
	check("with push off", "push off, mail ", look)
	kept := n.put(wire.NewWant{Channel: "push", ID: got.Wants[0].ID, Language: "ja"}, wire.NewWant{Channel: "mail", ID: got.Wants[1].ID, Language: "en"})
	check("put again", "push off, mail ", kept)

	c.Notices = clinic.Notices{Caps: []clinic.NoticeCap{{Channel: "mail", Month: 1}}}
	if err := n.change(c); err != nil {
		t.Fatal(err)
	}
	n.clinic = c
	id := queue.TicketID(n.ticket.Ticket.ID)
	check("below the cap", "push , mail ", look)
	for _, kind := range []outbox.Kind{outbox.Confirm, outbox.Approach, outbox.Delay} { // one above the cap still goes
		n.planned(outbox.Job{Kind: kind, Ticket: id, Channel: outbox.Mail})
		for _, claimed := range n.claim() {
			if err := n.box.Tell(t.Context(), n.clinic, outbox.Told{Job: claimed.Job, Fence: claimed.Job.Fence, State: outbox.Sent, Spent: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	check("with the cap used up", "push , mail cap", look)
	if told := get[wire.Wants](n.world, 200, look).Notices; !slices.ContainsFunc(told, func(n wire.TicketNotice) bool { return n.Kind == "delay" && n.State == "void" && n.Why == "cap" }) {
		t.Errorf("the owner is shown %+v", told)
	}
}
