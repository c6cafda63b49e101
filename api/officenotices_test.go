package api

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/account"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// noticeOffice is the outbox of a world, and its office.
type noticeOffice struct {
	*world
	box    *outbox.Store
	cookie string
	today  clinic.Day
}

// newNoticeOffice serves a clinic with an outbox on Redis.
func newNoticeOffice(t *testing.T) noticeOffice {
	t.Helper()
	var box *outbox.Store
	w := newRealWorld(t, func(c *Config) { box = c.Outbox.(*outbox.Store) })
	loc, err := w.clinic.Location()
	if err != nil {
		t.Fatal(err)
	}
	return noticeOffice{w, box, w.login(), w.clinic.DayOf(time.Now(), loc)}
}

func (n noticeOffice) path(rest string) string { return "/v1/clinics/" + n.number() + "/" + rest }

// plan puts jobs of a ticket into the outbox.
func (n noticeOffice) plan(box string, jobs ...outbox.Job) {
	n.t.Helper()
	for i := range jobs {
		j := &jobs[i]
		j.Clinic, j.Box = n.clinic.ID, box
		if j.Channel == "" {
			j.Channel = outbox.Push
		}
		j.Planned = time.Now().UnixMilli() + int64(i)
		j.Due, j.Until = j.Planned+time.Hour.Milliseconds(), j.Planned+2*time.Hour.Milliseconds()
		j.Want = n.box.Hash(outbox.Address{Inbox: "a"})
		j.ID = n.box.JobID(*j, outbox.Address{Inbox: "a"})
	}
	if _, err := n.box.Plan(n.t.Context(), n.clinic.ID, box, outbox.Plan{Jobs: jobs}); err != nil {
		n.t.Fatal(err)
	}
}

func (n noticeOffice) log(query string) wire.NoticeLog {
	n.t.Helper()
	return get[wire.NoticeLog](n.world, 200, ask{method: "GET", path: n.path("notices" + query), cookie: n.cookie})
}

func TestNotices_AreListedByDayKindNumberAndState(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	one := n.issue("1", wire.IssueRequest{}).Ticket
	two := n.issue("1", wire.IssueRequest{}).Ticket
	of := func(kind outbox.Kind, ticket wire.Ticket) outbox.Job {
		return outbox.Job{Kind: kind, Ticket: queue.TicketID(ticket.ID)}
	}
	mail := of(outbox.Confirm, one)
	mail.Channel = outbox.Mail
	n.plan(string(n.today), of(outbox.Confirm, one), of(outbox.Approach, one), of(outbox.Confirm, two), mail)

	all := n.log("")
	if all.Day != string(n.today) || all.Total != 4 || len(all.Notices) != 4 || all.Before != "" || all.Notices[0].Channel != "mail" {
		t.Fatalf("all: %+v", all)
	}
	first := all.Notices[0]
	if first.Number != one.Number || first.State != "due" || first.Kind != "confirm" || len(first.To) != 4 || first.Sent != nil || first.Ticket != one.ID {
		t.Errorf("a notice is %+v", first)
	}
	for query, want := range map[string]int{
		"?kind=approach": 1, "?channel=mail": 1, "?state=sent": 0, "?state=due": 4, "?ticket=" + one.ID: 3, "?number=" + fmt.Sprint(two.Number): 1,
		"?number=99&kind=confirm": 0, "?day=2026-01-05": 0, "?day=" + string(n.today) + "&kind=confirm&number=" + fmt.Sprint(one.Number): 2,
	} {
		if got := n.log(query); len(got.Notices) != want || got.Total != want {
			t.Errorf("%s has %d notices of %d, want %d", query, len(got.Notices), got.Total, want)
		}
	}
	for query, code := range map[string]string{
		"?kind=fax": "field_invalid", "?channel=line": "field_invalid", "?state=read": "field_invalid", "?number=x": "field_invalid", "?number=-1": "field_invalid",
		"?day=yesterday": "field_invalid", "?ticket=1": "ticket_unknown", "?ticket=9998-1-261201-abcdefghijkl": "ticket_unknown", "?day=2026-01-05&ticket=" + one.ID: "field_invalid",
		"?news=a&number=1": "field_invalid", "?news=a": "news_unknown", "?news=a:withdrawn": "news_unknown", "?before=" + strings.Repeat("x", 101): "field_invalid",
	} {
		res := n.do(ask{method: "GET", path: n.path("notices" + query), cookie: n.cookie})
		if !strings.Contains(string(res.body), `"code":"`+code+`"`) {
			t.Errorf("%s is answered %d %s, want %s", query, res.status, res.body, code)
		}
	}
}

func TestNotices_OneHundredCanBeReadPageByPage(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	ticket := queue.TicketID(n.issue("1", wire.IssueRequest{}).Ticket.ID)
	jobs := make([]outbox.Job, 120)
	for i := range jobs {
		jobs[i] = outbox.Job{Kind: outbox.Approach, Ticket: ticket, Leg: i}
	}
	n.plan(string(n.today), jobs...)
	seen := map[string]bool{}
	for before, pages := "", 0; ; pages++ {
		page := n.log("?before=" + before)
		for _, one := range page.Notices {
			seen[one.ID] = true
		}
		if page.Total != 120 || pages > 2 {
			t.Fatalf("page %d has %d of %d", pages, len(page.Notices), page.Total)
		}
		if before = page.Before; before == "" {
			break
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d different notices", len(seen))
	}
}

func TestNotices_TheFileHasAllOfTheFilterAndNoFormula(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	set := get[wire.Settings](n.world, 200, ask{method: "GET", path: "/v1/services/" + n.ref("1") + "/settings", cookie: n.cookie})
	set.Name = "=1+2"
	get[wire.Settings](n.world, 200, ask{method: "PUT", path: "/v1/services/" + n.ref("1") + "/settings", cookie: n.cookie, body: set})
	ticket := n.issue("1", wire.IssueRequest{}).Ticket
	jobs := make([]outbox.Job, 60)
	for i := range jobs {
		jobs[i] = outbox.Job{Kind: outbox.Approach, Ticket: queue.TicketID(ticket.ID), Leg: i, Stage: "next", Why: "filtered 5.1.1"}
	}
	n.plan(string(n.today), append(jobs, outbox.Job{Kind: outbox.Confirm, Ticket: queue.TicketID(ticket.ID)})...)

	res := n.do(ask{method: "GET", path: n.path("notices.csv?kind=approach"), cookie: n.cookie})
	if res.status != 200 || res.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(res.header.Get("Content-Disposition"), "notices-"+string(n.today)+".csv") {
		t.Fatalf("%d %v", res.status, res.header)
	}
	text, marked := strings.CutPrefix(string(res.body), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || len(rows) != 61 {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	if !slices.Equal(rows[0], []string{"日時", "受付番号", "診療", "種類", "手段", "宛先の印", "予定", "送信", "結果", "理由", "試行", "表示", "操作者"}) {
		t.Errorf("the columns are %v", rows[0])
	}
	if r := rows[1]; r[1] != fmt.Sprint(ticket.Number) || r[2] != "'=1+2" || r[3] != "まもなく順番 / 次の方" || r[4] != "プッシュ通知" || r[8] != "送信待ち" || r[9] != "宛先から戻された（受信拒否の設定かもしれません） 5.1.1" {
		t.Errorf("a row is %q", r)
	}
	old := n.do(ask{method: "GET", path: n.path("notices.csv?encoding=cp932&language=en"), cookie: n.cookie})
	if old.status != 200 || old.header.Get("Content-Type") != "text/csv; charset=Shift_JIS" || !strings.HasPrefix(string(old.body), `"Time","Number"`) {
		t.Errorf("%d %s", old.status, old.body[:40])
	}
	for _, query := range []string{"?encoding=utf-16", "?language=fr", "?kind=x"} {
		n.refused(400, "field_invalid", ask{method: "GET", path: n.path("notices.csv" + query), cookie: n.cookie})
	}
}

func TestNotices_APreviewHasTheTypedSettingsAndChangesNothing(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	preview := func(p wire.PreviewRequest) wire.NoticePreview {
		t.Helper()
		return get[wire.NoticePreview](n.world, 200, ask{method: "POST", path: n.path("notices/preview"), cookie: n.cookie, body: p})
	}
	typed := emptySettings()
	typed.Label, typed.Words = "もみじ", []wire.NoticeWords{{Kind: "approach", Text: "マスクの着用を。"}}
	if got := preview(wire.PreviewRequest{Kind: "approach", Notices: &typed}); !strings.Contains(got.Title, "もみじ") || !strings.HasSuffix(got.Body, "マスクの着用を。") || !strings.Contains(got.Body, "24") {
		t.Errorf("the preview is %+v", got)
	}
	typed.Discreet = true
	if got := preview(wire.PreviewRequest{Kind: "approach", Notices: &typed}); strings.Contains(got.Title, "もみじ") {
		t.Errorf("the discreet preview is %+v", got)
	}
	if got := preview(wire.PreviewRequest{Kind: "approach"}); strings.Contains(got.Title, "もみじ") || strings.Contains(got.Body, "マスク") {
		t.Errorf("the stored settings have changed: %+v", got)
	}
	if got := preview(wire.PreviewRequest{Kind: "call", Channel: "mail", Language: "en", Service: n.ref("2")}); got.Subject == "" || got.Text == "" {
		t.Errorf("a mail is %+v", got)
	}
	if got := preview(wire.PreviewRequest{Kind: "news", News: &wire.NewsDraft{Title: "休診", Body: "明日は休みです。"}}); !strings.Contains(got.Title, "休診") || !strings.Contains(got.Body, "明日は休みです。") {
		t.Errorf("news is %+v", got)
	}
	for _, kind := range clinic.NoticeKinds {
		for _, stage := range []string{"", "next", "now", "cancelled", "moved", "transfer", "back"} {
			res := n.do(ask{method: "POST", path: n.path("notices/preview"), cookie: n.cookie, body: wire.PreviewRequest{Kind: kind, Stage: stage}})
			if res.status != 200 && stage == "" {
				t.Errorf("%s: %d %s", kind, res.status, res.body)
			}
		}
	}
	marked := emptySettings()
	marked.Label = "a\u202eb"
	for _, bad := range []wire.PreviewRequest{
		{Kind: "fax"}, {Kind: "call", Channel: "line"}, {Kind: "call", Language: "fr"}, {Kind: "call", Stage: "next"},
		{Kind: "call", Notices: &marked}, {Kind: "news", News: &wire.NewsDraft{Title: "a\u202eb", Body: "x"}}, {Kind: "news", News: &wire.NewsDraft{Title: "x", Body: ""}},
	} {
		n.refused(400, "field_invalid", ask{method: "POST", path: n.path("notices/preview"), cookie: n.cookie, body: bad})
	}
	for _, service := range []string{"9998-1", n.ref("9"), "x"} {
		n.refused(404, "service_unknown", ask{method: "POST", path: n.path("notices/preview"), cookie: n.cookie, body: wire.PreviewRequest{Kind: "call", Service: service}})
	}
}

// emptySettings are those of a form in which nothing is typed.
func emptySettings() wire.NoticeSettings {
	return wire.NoticeSettings{Off: []string{}, Channels: []string{}, Caps: []wire.NoticeCap{}, Words: []wire.NoticeWords{}}
}

func TestNotices_TheSummaryHasCapsFollowersAndTiming(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	s := get[wire.ClinicSettings](n.world, 200, ask{method: "GET", path: n.path("settings"), cookie: n.cookie})
	s.Notices.Caps = []wire.NoticeCap{{Channel: "mail", Month: 100}}
	s.Notices.Channels = []string{"push"}
	get[wire.ClinicSettings](n.world, 200, ask{method: "PUT", path: n.path("settings"), cookie: n.cookie, body: s})
	n.follow("a@b.test", "c@d.test")
	now := time.Now()
	at := func(minutes int) int64 { return now.Add(time.Duration(minutes) * time.Minute).UnixMilli() }
	id := func(day clinic.Day, i int) queue.TicketID {
		return queue.TicketID(fmt.Sprintf("%s-1-%s-abcdefghijk%d", n.number(), day.Compact(), i))
	}
	approach := func(of queue.TicketID, leg int, sent int64) outbox.Job {
		return outbox.Job{Kind: outbox.Approach, Ticket: of, Leg: leg, Travel: 20, Sent: sent}
	}
	call := func(of queue.TicketID, start int64) outbox.Job {
		return outbox.Job{Kind: outbox.Call, Ticket: of, Start: start}
	}
	next := approach(id(n.today, 1), 9, at(-45))
	next.Stage = "next"
	n.plan(string(n.today),
		approach(id(n.today, 1), 0, at(-60)), next, call(id(n.today, 1), at(-30)), call(id(n.today, 1), at(-28)), // 10 min early, and a recall
		approach(id(n.today, 2), 0, at(-90)), approach(id(n.today, 2), 1, at(-60)), call(id(n.today, 2), at(-50)), // 10 min late, by the second approach
		approach(id(n.today, 3), 0, 0), call(id(n.today, 3), at(-10)), // never sent
	)
	n.issue("1", wire.IssueRequest{})
	inside := queue.TicketID(n.callNext(n.cookie, "1", "1").ID)
	n.plan(string(n.today), approach(inside, 0, at(-60))) // 40 min early, by the ticket itself
	demo := approach(id(n.today, 4), 0, at(-60))          // of the demo's inbox: nobody sets out
	demo.Channel = outbox.Inbox
	n.plan(string(n.today), demo, call(id(n.today, 4), at(-55)))
	week, before := n.today.Add(-6), n.today.Add(-7)
	n.plan(string(week), approach(id(week, 1), 0, at(-60)), call(id(week, 1), at(-10))) // 30 min early
	n.plan(string(before), approach(id(before, 1), 0, at(-60)), call(id(before, 1), at(0)))
	got := get[wire.NoticeSummary](n.world, 200, ask{method: "GET", path: n.path("notices/summary"), cookie: n.cookie})
	if len(got.Channels) != 2 || got.Channels[0].Offered || got.Channels[0].Cap != nil || *got.Channels[1].Cap != 100 || got.Channels[1].Followers != 2 || !got.Channels[1].Offered {
		t.Errorf("the channels are %+v", got.Channels)
	}
	if !got.Channels[0].SetUp || !got.Channels[1].SetUp {
		t.Errorf("set up are %+v", got.Channels)
	}
	if got.N != 4 || got.Late != 0.25 || got.Early != 20 || got.Days != 7 {
		t.Errorf("the timing is %+v", got)
	}
}

// TestNoticeSummary_MarksWhatTheServerDoesNotHave reads the channels of a clinic that has
// switched nothing off, on a server without mail.
func TestNoticeSummary_MarksWhatTheServerDoesNotHave(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t, func(c *Config) { c.Notices.Mail = nil })
	got := get[wire.NoticeSummary](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/notices/summary", cookie: w.login()})
	if len(got.Channels) != 2 || !got.Channels[0].SetUp || !got.Channels[0].Offered || got.Channels[1].SetUp || got.Channels[1].Offered {
		t.Errorf("the channels are %+v", got.Channels)
	}
}

// follow has addresses get the clinic's news.
func (n noticeOffice) follow(mails ...string) {
	n.t.Helper()
	for _, m := range mails {
		if err := n.box.Follow(n.t.Context(), n.clinic.ID, outbox.Follower{Channel: outbox.Mail, Address: outbox.Address{Mail: m}, Language: "ja", At: time.Now()}); err != nil {
			n.t.Fatal(err)
		}
	}
}

func TestNews_IsSentOnceAndWithdrawnWithinAMinute(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	n.follow("a@b.test", "c@d.test", "e@f.test")
	send := ask{method: "POST", path: n.path("news"), cookie: n.cookie, key: "once", body: wire.NewsDraft{Title: " 臨時休診 ", Body: "12月5日は\n休診です。"}}
	got := get[wire.OfficeNews](n.world, 200, send)
	if got.Title != "臨時休診" || got.By != testUser || got.Reach["mail"] != 3 || got.Minutes != 1 || got.Due.Sub(got.At.Time) != time.Minute || got.Withdrawn != nil {
		t.Errorf("sent %+v", got)
	}
	if again := get[wire.OfficeNews](n.world, 200, send); again.ID != got.ID || again.At != got.At {
		t.Errorf("the same key sent %+v", again)
	}
	send.body = wire.NewsDraft{Title: "臨時休診", Body: "ほかの文"}
	n.refused(409, "idempotency_conflict", send)
	list := func() []wire.OfficeNews {
		return get[wire.OfficeNewsList](n.world, 200, ask{method: "GET", path: n.path("notices/news"), cookie: n.cookie}).News
	}
	if all := list(); len(all) != 1 || all[0].ID != got.ID {
		t.Errorf("the list is %+v", all)
	}
	withdraw := ask{method: "POST", path: n.path("news/" + got.ID + "/withdraw"), cookie: n.cookie}
	for range 2 {
		if w := get[wire.OfficeNews](n.world, 200, withdraw); w.Withdrawn == nil {
			t.Errorf("withdrawn %+v", w)
		}
	}
	if all := list(); all[0].Withdrawn == nil {
		t.Errorf("the list is %+v", all)
	}
	past := outbox.NewsItem{ID: "left", Title: "x", Body: "y", At: time.Now().Add(-2 * time.Minute), Due: time.Now().Add(-time.Minute)}
	if err := n.box.PutNews(t.Context(), n.clinic.ID, past); err != nil {
		t.Fatal(err)
	}
	n.refused(409, "news_left", ask{method: "POST", path: n.path("news/left/withdraw"), cookie: n.cookie})
	for _, id := range []string{"nothing", "left:withdrawn", "%2e%2e"} {
		n.refused(404, "news_unknown", ask{method: "POST", path: n.path("news/" + id + "/withdraw"), cookie: n.cookie})
	}
}

func TestNews_ReachesNoChannelThatIsOff(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	n.follow("a@b.test")
	s := get[wire.ClinicSettings](n.world, 200, ask{method: "GET", path: n.path("settings"), cookie: n.cookie})
	s.Notices.Channels = []string{"mail"}
	get[wire.ClinicSettings](n.world, 200, ask{method: "PUT", path: n.path("settings"), cookie: n.cookie, body: s})
	send := ask{method: "POST", path: n.path("news"), cookie: n.cookie, key: freshKey(), body: wire.NewsDraft{Title: "休診", Body: "明日は休みです。"}}
	if got := get[wire.OfficeNews](n.world, 200, send); len(got.Reach) != 0 || got.Minutes != 0 {
		t.Errorf("the answer is %+v", got)
	}
}

// TestNews_ToTheMostFollowersIsAnswered has the counts of a clinic with the most followers.
func TestNews_ToTheMostFollowersIsAnswered(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	w := onRedis(t, rdb)
	if err := rdb.HSet(t.Context(), "junban:{"+w.number()+"}:follower-counts", "push", outbox.FollowersMost-1, "mail", 1).Err(); err != nil {
		t.Fatal(err)
	}
	send := ask{method: "POST", path: "/v1/clinics/" + w.number() + "/news", cookie: w.login(), key: freshKey(), body: wire.NewsDraft{Title: "休診", Body: "明日は休みです。"}}
	if got := get[wire.OfficeNews](w, 200, send); got.Reach["push"]+got.Reach["mail"] != outbox.FollowersMost || got.Minutes != 167 {
		t.Errorf("the answer is %+v", got)
	}
}

func TestNews_IsRefusedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	send := func(title, body string) ask {
		return ask{method: "POST", path: n.path("news"), cookie: n.cookie, key: freshKey(), body: wire.NewsDraft{Title: title, Body: body}}
	}
	for want, bad := range map[string]ask{
		`{"pointer":"/title","code":"missing"`:    send(" ", "x"),
		`{"pointer":"/title","code":"too_long"`:   send(strings.Repeat("あ", 31), "x"),
		`{"pointer":"/title","code":"characters"`: send("a\u202eb", "x"),
		`{"pointer":"/body","code":"missing"`:     send("x", ""),
		`{"pointer":"/body","code":"too_long"`:    send("x", strings.Repeat("あ", 201)),
		`{"pointer":"/body","code":"characters"`:  send("x", "a\u2066b"),
	} {
		if res := n.refused(400, "field_invalid", bad); !strings.Contains(string(res.body), want) {
			t.Errorf("want %s named: %s", want, res.body)
		}
	}
	keyless := send("x", "y")
	keyless.key = ""
	n.refused(400, "idempotency_key_required", keyless)
	for range 10 {
		get[wire.OfficeNews](n.world, 200, send("x", "y"))
	}
	all, err := n.box.NewsOf(t.Context(), n.clinic.ID)
	if err != nil || len(all) != 10 {
		t.Fatalf("news: %+v, error %v", all, err)
	}
	if err := n.box.WithdrawNews(t.Context(), n.clinic.ID, all[0].ID); err != nil { // it counts
		t.Fatal(err)
	}
	n.refused(409, "news_too_many", send("x", "y"))
	s := get[wire.ClinicSettings](n.world, 200, ask{method: "GET", path: n.path("settings"), cookie: n.cookie})
	s.Notices.Off = []string{"news"}
	get[wire.ClinicSettings](n.world, 200, ask{method: "PUT", path: n.path("settings"), cookie: n.cookie, body: s})
	n.refused(409, "news_off", send("x", "y"))
}

// TestNotices_AreForTheStaffOfTheClinic asks without a login, at another clinic, and as a
// user who is no admin.
func TestNotices_AreForTheStaffOfTheClinic(t *testing.T) {
	t.Parallel()
	n := newNoticeOffice(t)
	if err := n.users.PutUser(t.Context(), n.clinic.ID, "看護師", account.RoleDesk, testHash(), clinic.Actor{}); err != nil {
		t.Fatal(err)
	}
	res := n.do(ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: n.number(), User: "看護師", Password: testPassword}})
	nurse, _, _ := strings.Cut(strings.TrimPrefix(res.header.Get("Set-Cookie"), loginCookie+"="), ";")
	for _, r := range []struct {
		method, rest string
		body         any
		admins       bool
	}{
		{"GET", "notices", nil, false}, {"GET", "notices.csv", nil, false}, {"GET", "notices/summary", nil, false}, {"GET", "notices/news", nil, false},
		{"POST", "notices/preview", wire.PreviewRequest{Kind: "call"}, false}, {"POST", "news", wire.NewsDraft{Title: "x", Body: "y"}, true}, {"POST", "news/x/withdraw", nil, true},
	} {
		of := func(path, cookie string) ask {
			return ask{method: r.method, path: path, cookie: cookie, key: freshKey(), body: r.body}
		}
		n.refused(401, "session_required", of(n.path(r.rest), ""))
		n.refused(403, "other_clinic", of("/v1/clinics/9998/"+r.rest, n.cookie))
		if r.admins {
			n.refused(403, "admin_required", of(n.path(r.rest), nurse))
		} else if res := n.do(of(n.path(r.rest), nurse)); res.status != 200 {
			t.Errorf("%s is refused with %d", r.rest, res.status)
		}
	}
}
