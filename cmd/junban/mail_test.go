//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/internal/mailtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/outbox"
)

// mailed is a server of the demo with a real relay.
type mailed struct {
	*programtest.Running
	relay  *mailtest.Relay
	secret []byte
}

const testSender = "junban <notice@" + mailtest.Clinics + ">"

func serveWithMail(t *testing.T, receivers ...string) *mailed {
	t.Helper()
	programtest.Needs(t, embedded.Program)
	m := &mailed{relay: mailtest.Start(t, receivers...), secret: []byte(strings.Repeat("the secret of the test ", 3))}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, m.secret, 0o600); err != nil {
		t.Fatal(err)
	}
	m.Running = programtest.Serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=" + programtest.Password, "JUNBAN_MAIL=" + m.relay.URL()}, "--mail-from="+testSender, "--secret-file="+file)
	return m
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// prove proves an address of the demo clinic, by the code that its mail has.
func (m *mailed) prove(t *testing.T, c *programtest.Client, address, lang string) (proven string, mail mailtest.Mail) {
	t.Helper()
	had := len(m.relay.Mails(address))
	var proof wire.Proof
	c.OK(t, "POST", "/v1/proofs", wire.ProofRequest{Clinic: "1234", Mail: address, Language: lang}, &proof)
	if proof.From != mailtest.Clinics {
		t.Errorf("the mail comes from %q", proof.From)
	}
	mails := m.relay.Wait(address, had+1)
	mail = mails[len(mails)-1]
	var answer wire.Proven
	c.OK(t, "POST", "/v1/proofs/"+proof.Proof, wire.ProofCode{Code: sixDigits.FindString(mail.Text)}, &answer)
	return answer.Proven, mail
}

// want asks for notices by mail.
func (m *mailed) want(t *testing.T, c *programtest.Client, of wire.Issued, address, proven string) {
	t.Helper()
	travel := 0
	body := wire.WantsRequest{Consent: "1", Wants: []wire.NewWant{{Channel: "mail", Mail: address, Proven: proven, Language: "ja", Travel: &travel, Ahead: 1}}}
	header := map[string]string{"Authorization": "Bearer " + of.Token, "Idempotency-Key": programtest.Key("want" + address)}
	if status := c.Do(t, "PUT", "/v1/tickets/"+of.Ticket.ID+"/wants", header, body, nil); status != http.StatusOK {
		t.Fatalf("asking for mail: status %d", status)
	}
}

// state is what a link must not change: all of the clinic but leases and times.
func (m *mailed) state(t *testing.T) map[string]string {
	t.Helper()
	rdb := m.Redis(t)
	all := map[string]string{}
	keys, err := rdb.Keys(t.Context(), "junban:{1234}:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		for _, kept := range []string{":tickets", ":wants", ":jobs", ":log", ":followers", ":suppressed", ":news", ":patients", ":clinic", ":users"} {
			if strings.HasSuffix(key, kept) {
				if all[key], err = rdb.Dump(t.Context(), key).Result(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return all
}

// TestNotices_MailFromProofToConfirmation has a patient prove an address by six digits,
// and get a confirmation with the link to the ticket. Scanners open every link of every
// mail, and nothing changes.
func TestNotices_MailFromProofToConfirmation(t *testing.T) {
	t.Parallel()
	const hanako = "hanako@" + mailtest.Patients
	m := serveWithMail(t, hanako)
	c := m.Client()
	for i := range 3 {
		c.Issue(t, fmt.Sprint("before", i))
	}
	mine := c.Issue(t, "hanako")
	proven, proof := m.prove(t, c, hanako, "en")
	if !strings.HasPrefix(proof.Subject, "Your code: ") || len(proof.Links()) != 0 || proof.From.Address != "notice@junban.example" {
		t.Errorf("the proof is %q from %v with links %v", proof.Subject, proof.From, proof.Links())
	}
	m.want(t, c, mine, hanako, proven)
	confirmation := m.relay.Wait(hanako, 2)[1]
	number := fmt.Sprintf("%d番", mine.Ticket.Number)
	if !strings.HasPrefix(confirmation.Subject, number+" ") || strings.Contains(confirmation.Subject, "内科") {
		t.Errorf("subject %q", confirmation.Subject)
	}
	link := m.URL + "/s/1234-1#" + mine.Ticket.ID + "." + mine.Token
	for _, text := range []string{confirmation.Text, confirmation.HTML} {
		if !strings.Contains(text, link) || !strings.Contains(text, number) || mine.CancelCode != "" && strings.Contains(text, mine.CancelCode) {
			t.Errorf("the confirmation has no link or the code %q:\n%s", mine.CancelCode, text)
		}
	}
	if got := confirmation.Header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted: %q", got)
	}

	before := m.state(t)
	opened := 0
	for _, mail := range m.relay.Mails(hanako) {
		for _, link := range mail.Links() {
			opened++
			m.open(t, link)
		}
	}
	if opened == 0 {
		t.Error("the mails have no links")
	}
	if diff := cmp.Diff(before, m.state(t)); diff != "" {
		t.Errorf("opening links changed something:\n%s", diff)
	}

	// The relay reports later that the address does not exist: no more mail.
	notice := regexp.MustCompile(`<b\+(\S+)@`).FindStringSubmatch(confirmation.Header.Get("Return-Path"))
	if notice == nil {
		t.Fatalf("Return-Path %q", confirmation.Header.Get("Return-Path"))
	}
	report := "To: b+" + notice[1] + "@junban.example\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Reporting-MTA: dns; h.example\r\n\r\nFinal-Recipient: rfc822; " + hanako + "\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n"
	if out := programtest.Must(t, report, nil, "--data="+m.Data, "bounce"); !strings.Contains(out, "no more mail") || strings.Contains(out, hanako) {
		t.Errorf("junban bounce prints %q", out)
	}
	desk := &programtest.Client{URL: m.URL}
	desk.LogIn(t, "1234", "demo")
	var log wire.NoticeLog
	desk.OK(t, "GET", "/v1/clinics/1234/notices?channel=mail&kind=confirm&state=dead", nil, &log)
	if len(log.Notices) != 1 || log.Notices[0].Why != "returned 5.1.1" {
		t.Errorf("the history of what came back is %+v", log.Notices)
	}
	desk.OK(t, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: "1", Ticket: mine.Ticket.ID}, nil)
	box, id := m.box(t), queue.TicketID(mine.Ticket.ID)
	programtest.Eventually(t, "the call to a suppressed address is void", func() bool {
		jobs, err := box.JobsOf(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range jobs {
			if j.Kind == outbox.Call && j.State == outbox.Void && j.Why == outbox.WhySuppressed {
				return true
			}
		}
		return false
	})
	if n := len(m.relay.Mails(hanako)); n != 2 {
		t.Errorf("%d mails after the report", n)
	}
}

// box is the outbox of the server.
func (m *mailed) box(t *testing.T) *outbox.Store {
	t.Helper()
	rdb := m.Redis(t)
	line, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return outbox.New(rdb, line, outbox.Options{Secret: m.secret})
}

// open opens a link as scanners of mail do, with GET and HEAD, and each link of that page.
func (m *mailed) open(t *testing.T, link string) {
	t.Helper()
	to, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(link, m.URL) {
		t.Errorf("the mail links to %s", link)
		return
	}
	c := m.Client()
	for _, method := range []string{"GET", "HEAD"} {
		if status := c.Do(t, method, to.RequestURI(), nil, nil, nil); status != http.StatusOK {
			t.Errorf("%s %s: status %d", method, link, status)
		}
	}
}

// TestNotices_MailWithNewsEndsByOneClick sends news to two followers. A scanner opens the
// links, and both still follow. The mail program's button ends one of them, without a
// cookie, and this changes nothing for the other, or for notices about tickets.
func TestNotices_MailWithNewsEndsByOneClick(t *testing.T) {
	t.Parallel()
	const hanako, taro = "hanako@" + mailtest.Patients, "taro@" + mailtest.Patients
	m := serveWithMail(t, hanako, taro)
	c := m.Client()
	box := m.box(t)
	m.neverQuiet(t)
	for _, address := range []string{hanako, taro} {
		proven, _ := m.prove(t, c, address, "ja")
		c.OK(t, "POST", "/v1/clinics/1234/follow", wire.FollowRequest{Mail: address, Proven: proven, Language: "ja", Consent: "1"}, nil)
	}
	now := time.Now().Add(-2 * time.Minute) // news can be withdrawn for a minute
	news := outbox.NewsItem{ID: outbox.NewNewsID(), Title: "臨時休診", Body: "12月5日は休診です。\n<b>ご了承ください。</b>", By: "demo", At: now, Due: now}
	if err := box.PutNews(t.Context(), "1234", news); err != nil {
		t.Fatal(err)
	}
	got := m.relay.Wait(hanako, 2)[1]
	m.relay.Wait(taro, 2)
	if !strings.HasPrefix(got.Subject, news.Title) || !strings.Contains(got.Text, "ご了承ください。") || strings.Contains(got.HTML, "<b>") {
		t.Errorf("news %q: %s\n%s", got.Subject, got.Text, got.HTML)
	}
	stop := strings.Trim(got.Header.Get("List-Unsubscribe"), "<>")
	if got.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(stop, m.URL+"/u/") {
		t.Fatalf("unsubscribe by %q, %q", stop, got.Header.Get("List-Unsubscribe-Post"))
	}
	following := func() int {
		counts, err := box.CountFollowers(t.Context(), "1234")
		if err != nil {
			t.Fatal(err)
		}
		return counts[outbox.Mail]
	}
	for _, link := range append(got.Links(), stop) {
		m.open(t, link)
	}
	if n := following(); n != 2 {
		t.Errorf("%d followers after a scanner opened the links", n)
	}
	for range 2 { // a repeat changes nothing
		answer, err := http.Post(stop, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("the one click: status %d", answer.StatusCode)
		}
		if n := following(); n != 1 {
			t.Errorf("%d followers after the one click", n)
		}
	}
	mine := c.Issue(t, "hanako")
	proven, _ := m.prove(t, c, hanako, "ja")
	m.want(t, c, mine, hanako, proven)
	m.relay.Wait(hanako, 4) // two codes, the news, and the confirmation
}

// neverQuiet moves the quiet hours of the demo clinic away from now.
func (m *mailed) neverQuiet(t *testing.T) {
	t.Helper()
	rdb := m.Redis(t)
	line, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := line.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := line.Clinic(t.Context(), "1234")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := c.Location()
	if err != nil {
		t.Fatal(err)
	}
	hour := time.Now().In(zone).Hour()
	clock := func(h int) hours.Clock { return hours.Clock(fmt.Sprintf("%02d:00", h%24)) }
	c.Notices.Quiet = clinic.Quiet{From: clock(hour + 12), Until: clock(hour + 13)}
	if err := line.PutClinic(t.Context(), c, queue.Act{By: clinic.Actor{Kind: "operator"}}); err != nil {
		t.Fatal(err)
	}
}

// TestCheck_AsksTheRelay checks a relay that is there, one that is not, and the password,
// which no output has.
func TestCheck_AsksTheRelay(t *testing.T) {
	t.Parallel()
	relay := mailtest.Start(t)
	for address, want := range map[string]string{relay.URL(): "ok", "smtp://junban:s3cr3t@127.0.0.1:1?tls=none": "MISSING", "smtp://junban:s3cr3t@" + relay.Addr: "MISSING"} {
		_, out, errs := programtest.Result(t, "", nil, "--data="+t.TempDir(), "check", "--mail="+address, "--mail-from="+testSender)
		line := regexp.MustCompile(`(?m)^(\S+) .* mail .*$`).FindStringSubmatch(out)
		if line == nil || line[1] != want || strings.Contains(out+errs, "s3cr3t") {
			t.Errorf("%s: %s%s", address, out, errs)
		}
	}
	for _, flags := range [][]string{{"--mail=" + relay.URL()}, {"--mail-from=" + testSender}, {"--mail=smtp://u:s3cr3t@h.example?tls=none", "--mail-from=" + testSender}, {"--mail=" + relay.URL(), "--mail-from=a..b@c.example"}} {
		if code, out, errs := programtest.Result(t, "", nil, append([]string{"check"}, flags...)...); code == 0 || strings.Contains(out+errs, "s3cr3t") {
			t.Errorf("%v: code %d, %s%s", flags, code, out, errs)
		}
	}
}
