package api

import (
	"strings"
	"testing"

	"junban/api/wire"
	"junban/notify/inbox"
	"junban/notify/message"
	"junban/queue"
	"junban/queue/outbox"
)

// TestTicket_SaysWhatTheNoticeSaid sends notices to a patient with many ahead. The page
// asks to come once an approach did, or a confirmation of one who is to come at once.
func TestTicket_SaysWhatTheNoticeSaid(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	for range 20 {
		n.issue("1", wire.IssueRequest{PartySize: 1})
	}
	for _, tt := range []struct {
		job    outbox.Job
		advice string
	}{{outbox.Job{Kind: outbox.Confirm}, "wait"}, {outbox.Job{Kind: outbox.Confirm, Stage: "now"}, "come"}, {outbox.Job{Kind: outbox.Approach}, "come"}} {
		n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1})
		tt.job.Ticket = queue.TicketID(n.ticket.Ticket.ID)
		look := ask{method: "GET", path: "/v1/tickets/" + n.ticket.Ticket.ID, token: n.ticket.Token}
		n.planned(tt.job)
		n.sent()
		n.issue("1", wire.IssueRequest{PartySize: 1}) // an act, so that nothing read before it is shown
		if got := get[wire.TicketAnswer](n.world, 200, look).Ticket; got.Advice != tt.advice || got.Todo != tt.advice {
			t.Errorf("after %s %q the page advises %q", tt.job.Kind, tt.job.Stage, got.Advice)
		}
	}
}

func TestNotice_ReadsAsTheStateIsNow(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	id := queue.TicketID(n.ticket.Ticket.ID)
	j := n.planned(outbox.Job{Kind: outbox.Approach, Ticket: id})
	path := "/v1/notices/" + string(j.NoticeID())
	got := get[wire.NoticeText](n.world, 200, ask{method: "GET", path: path})
	if got.Title == "" || got.Body == "" || got.Over || got.Tag == "" || strings.Contains(got.Path, n.ticket.Token) {
		t.Errorf("%+v", got)
	}
	if res := n.do(ask{method: "GET", path: path}); res.header.Get("Cache-Control") != "no-store" {
		t.Errorf("cached: %s", res.header.Get("Cache-Control"))
	}
	n.sent()
	for range 2 {
		if res := n.do(ask{method: "POST", path: path + "/shown"}); res.status != 204 {
			t.Errorf("shown: %d %s", res.status, res.body)
		}
	}
	wants := get[wire.Wants](n.world, 200, ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token})
	if len(wants.Notices) != 1 || wants.Notices[0].State != "shown" || wants.Notices[0].SentAt == nil || wants.Notices[0].ShownAt == nil {
		t.Errorf("the page shows %+v", wants.Notices)
	}
	if wants.Wants[0].Next != nil {
		t.Errorf("it is sent again: %+v", wants.Wants[0].Next)
	}
	n.callNext(n.login(), "1", "1")
	if got := get[wire.NoticeText](n.world, 200, ask{method: "GET", path: path}); !got.Over {
		t.Errorf("of a ticket that was called: %+v", got)
	}
	n.refused(404, "notice_unknown", ask{method: "GET", path: "/v1/notices/" + n.number() + "-261201-" + strings.Repeat("a", 20)})
	n.refused(404, "notice_unknown", ask{method: "POST", path: "/v1/notices/x/shown"})
}

func TestDemoInbox_ShowsNotices(t *testing.T) {
	t.Parallel()
	box := &inbox.Inbox{}
	w := newWorld(t, func(c *Config) { c.Notices.Inbox = box })
	box.Send(t.Context(), message.Message{ID: "a", To: message.Address{Inbox: "花子"}, Title: "まもなく", Language: "ja", Kind: "approach"})
	got := get[wire.DemoInbox](w, 200, ask{method: "GET", path: "/demo/inbox.json"})
	if len(got.Items) != 1 || got.Items[0].Title != "まもなく" || got.Items[0].To != "花子" || got.Items[0].Kind != "まもなく順番" {
		t.Errorf("%+v", got)
	}
	if got := get[wire.DemoInbox](w, 200, ask{method: "GET", path: "/demo/inbox.json?lang=en"}); got.Items[0].Kind != "Nearly your turn" {
		t.Errorf("in English: %+v", got)
	}
	if res := w.do(ask{method: "GET", path: "/demo/inbox"}); res.status != 200 {
		t.Errorf("the page: %d", res.status)
	}
	w = newWorld(t, func(c *Config) { c.Notices.Inbox = nil })
	w.refused(404, "not_found", ask{method: "GET", path: "/demo/inbox.json"})
}
