//go:build unix

package e2e

import (
	"fmt"
	"testing"
	"time"

	"junban/cmd/junban/internal/programtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// outboxOf is the outbox of a running server, with followers of the demo clinic.
func outboxOf(t *testing.T, s *programtest.Running) *outbox.Store {
	t.Helper()
	rdb := s.Redis(t)
	line, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	box := outbox.New(rdb, line, outbox.Options{Secret: []byte("of the test")})
	for _, endpoint := range []string{"https://push.example/a", "https://push.example/b"} {
		f := outbox.Follower{Channel: outbox.Push, Address: outbox.Address{Endpoint: endpoint, P256DH: "p", Auth: "a"}, Language: "ja", At: time.Now()}
		if err := box.Follow(t.Context(), "1234", f); err != nil {
			t.Fatal(err)
		}
	}
	return box
}

// TestE2E_TheOfficeSetsWhatPatientsAreSent switches a kind off, writes a sentence, and
// sees it in the preview, in Japanese and in English.
func TestE2E_TheOfficeSetsWhatPatientsAreSent(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "notices", s, 1280, 1600)
	desk.click("[data-view=notices]")
	desk.says(".notice-preview [data-body]", "24番")
	desk.click(".notices [data-group=kinds] input[value=delay]")
	desk.fill(".notices input[name='words.call']", "マスクの着用をお願いします。")
	desk.says(".notice-preview [data-body]", "マスクの着用をお願いします。") // of the call, which is being written
	desk.choose(".notices [data-preview-of=language]", "en")
	desk.says(".notice-preview [data-body]", "マスクの着用をお願いします。")
	desk.choose(".notices [data-preview-of=channel]", "mail")
	desk.says(".notice-preview [data-subject]", "24")
	desk.choose(".notices [data-preview-of=channel]", "push")
	desk.fill(".notices input[name='notices.label']", "さくら")
	desk.says(".notice-preview [data-title]", "さくら")
	desk.click(".notices input[name='notices.discreet']")
	desk.holds("!document.querySelector('.notice-preview [data-title]').textContent.includes('さくら')")
	desk.fill(".notices input[name='cap.mail']", "100")
	desk.picture("written")
	desk.click(".notices-form button[type=submit]")
	desk.shows(".notices-form .saved", "保存しました。")
	desk.fill(".notices input[name='notices.quiet.until']", "21:00")
	desk.click(".notices-form button[type=submit]")
	desk.says(".notices-form .wrong", "始まりと違う時刻にしてください。")

	again := open(t, chrome, "notices-again", s.URL+"/staff", 1280, 1600)
	again.click("[data-view=notices]")
	again.holds("document.querySelector('.notices [data-group=kinds] input[value=delay]').checked === false")
	again.holds("document.querySelector('.notices input[name=\"words.call\"]').value === 'マスクの着用をお願いします。'")
	again.holds("document.querySelector('.notices input[name=\"cap.mail\"]').value === '100'")
	again.click("[data-view=changes]")
	again.says("[data-changes]", "送らないお知らせ")
	again.says("[data-changes]", "呼び出し マスクの着用をお願いします。")

	again.click("[data-view=settings]")
	again.click(".settings [data-add=reminders]")
	again.click(".settings button[type=submit]")
	again.shows(".settings .saved", "保存しました。")
	inEnglish(t, chrome, s, "notices", func(p *page) { p.says(".notices legend", "Notices that are sent") })
}

// TestE2E_NewsIsSentAndWithdrawn sends news to two followers, and withdraws it.
func TestE2E_NewsIsSentAndWithdrawn(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	outboxOf(t, s)
	desk := openDesk(t, chrome, "news", s, 1280, 1600)
	desk.click("[data-view=notices]")
	desk.click("[data-notices=news]")
	desk.says(".news .note", "まだありません。")
	desk.says(".news [data-reach]", "2件に届きます")
	desk.fill(".news input[name=title]", "臨時休診")
	desk.fill(".news textarea[name=body]", "12月5日は休診です。")
	desk.says(".news .notice-preview [data-body]", "12月5日は休診です。")
	desk.click(".news [data-send]")
	desk.says("#send-news", "「臨時休診」を2件に送ります。")
	desk.picture("asked")
	desk.click("#send-news [data-yes]")
	desk.says(".news [data-news]", "秒で2件に送り始めます。")
	desk.holds("document.querySelector('.news input[name=title]').value === ''")
	desk.picture("sent")
	desk.click(".news [data-withdraw]")
	desk.says(".news [data-state=withdrawn]", "取り消しました。だれにも届いていません。")
	desk.holds("!document.querySelector('.news [data-withdraw]')")
}

// TestE2E_TheOfficeSearchesWhatWasSent looks for the notices of a number, and downloads
// the file.
func TestE2E_TheOfficeSearchesWhatWasSent(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	box := outboxOf(t, s)
	c := s.Client()
	one, two := c.Issue(t, "one").Ticket, c.Issue(t, "two").Ticket
	day := queue.TicketID(one.ID).Day()
	var jobs []outbox.Job
	now := time.Now().UnixMilli()
	for i, of := range []struct {
		ticket string
		kind   outbox.Kind
	}{{one.ID, outbox.Confirm}, {one.ID, outbox.Approach}, {two.ID, outbox.Confirm}} {
		j := outbox.Job{
			Kind: of.kind, Ticket: queue.TicketID(of.ticket), Channel: outbox.Mail, Want: "k3f9abcdef", Planned: now + int64(i),
			Due: now + time.Hour.Milliseconds(), Until: now + 2*time.Hour.Milliseconds(), Clinic: clinic.ID("1234"), Box: string(day),
		}
		j.ID = box.JobID(j, outbox.Address{Mail: "a@b.test"})
		jobs = append(jobs, j)
	}
	if _, err := box.Plan(t.Context(), "1234", string(day), outbox.Plan{Jobs: jobs}); err != nil {
		t.Fatal(err)
	}
	desk := openDesk(t, chrome, "sent", s, 1280, 1000)
	desk.click("[data-view=notices]")
	desk.click("[data-notices=history]")
	desk.holds("document.querySelectorAll('[data-notice]').length === 3")
	desk.says("[data-notice]", fmt.Sprintf("%d番", two.Number))
	desk.says("[data-notice]", "送信待ち")
	desk.fill(".notice-history input[name=number]", fmt.Sprint(one.Number))
	desk.click(".notice-history [data-search]")
	desk.holds("document.querySelectorAll('[data-notice]').length === 2")
	desk.choose(".notice-history select[name=kind]", "approach")
	desk.click(".notice-history [data-search]")
	desk.holds("document.querySelectorAll('[data-notice]').length === 1")
	desk.says("[data-notice]", "まもなく順番")
	desk.picture("found")
	desk.file(".notice-history [data-csv='utf-8']", "まもなく順番")
	desk.click("[data-notices=figures]")
	desk.says(".notice-figures", "「まもなく」のお知らせのあとで呼ばれた方はいません")
	desk.says(".notice-figures table", "メール")
	desk.picture("figures")
	desk.click("[data-view=line]")
	row := fmt.Sprintf("[data-ticket=%q]", two.ID)
	desk.click(row + " [data-more]")
	desk.click(row + " [data-act=notices]")
	desk.shows("#sent", fmt.Sprintf("%d番に送ったお知らせ", two.Number))
	desk.holds("document.querySelectorAll('[data-notice]').length === 1")
	desk.click(".notice-history [data-days]")
	desk.holds("document.querySelectorAll('[data-notice]').length === 3")
}
