//go:build unix

package e2e

import (
	"regexp"
	"testing"
	"time"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/internal/mailtest"
)

// TestE2E_MailTellsWhoClosedThePage asks for notices by mail, proves the address by the
// code in the mail, gets the confirmation, and stops in one press.
func TestE2E_MailTellsWhoClosedThePage(t *testing.T) {
	t.Parallel()
	const mail = "hanako12@" + mailtest.Patients
	relay := mailtest.Start(t, mail)
	s, chrome := start(t, "--mail="+relay.URL(), "--mail-from=junban <notice@"+mailtest.Clinics+">")
	desk := imported(t, s, "2010", "  - {id: 1, name: 内科, unit: 組, comeAt: 3}\n  - {id: 2, name: 小児科, unit: 組}\n")

	for range 40 { // so that the patient is not to come at once
		desk.OK(t, "POST", "/v1/services/2010-1/tickets", wire.IssueRequest{PartySize: 1}, nil)
	}

	phone := open(t, chrome, "tellme", s.URL+"/s/2010-1", 390, 844)
	phone.holds("!document.querySelector('junban-tellme') && !document.querySelector('#tellme-style')") // a visitor loads nothing for it
	phone.click(".take button[type=submit]")
	phone.shows("#number", "41")
	phone.says(".tellme", "このページを閉じていても")
	phone.click("#tell-me")
	phone.holds("(e => (e.checked && e.click(), true))(document.querySelector('input[value=push]'))")
	phone.holds("(e => (e.checked || e.click(), true))(document.querySelector('input[value=mail]'))")
	phone.holds("document.querySelector('#save-wants').disabled") // the address is not proven
	phone.picture("form")
	phone.fill(".prove input[type=email]", "hanako..12@"+mailtest.Patients)
	phone.holds("(document.querySelector('.prove input[type=email]').type = 'text') === 'text'") // past the browser's own check
	phone.click("#send-code")
	phone.says("#wants-problem", "メールアドレスを確かめてください")
	phone.fill(".prove input[name=mail]", "nobody@"+mailtest.Patients)
	phone.click("#send-code")
	phone.says("#wants-problem", "このアドレスには送れませんでした")
	phone.fill(".prove input[name=mail]", mail)
	phone.click("#send-code")
	phone.says("#code-sent", mailtest.Clinics)
	code := regexp.MustCompile(`\b[0-9]{6}\b`).FindString(relay.Wait(mail, 1)[0].Text)
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	phone.fill("input[name=code]", wrong)
	phone.click("#give-code")
	phone.says("#wants-problem", "コードが違います")
	phone.picture("wrong code")
	phone.fill("input[name=code]", code)
	phone.click("#give-code")
	phone.says("#proven", mail)
	phone.click("#save-wants")
	phone.says("#wants-status", "お知らせを登録しました")
	phone.says(".wants [data-channel=mail]", "…12@…")
	phone.says(".wants .next", "あと約3組")
	phone.holds("!document.querySelector('.tellme').textContent.includes('hanako')")
	relay.Wait(mail, 2) // the confirmation
	phone.says(".told [data-state=sent]", "受付の確認")
	phone.fits()
	phone.picture("on")

	// Another opening of the page knows it, and one press ends it.
	again := open(t, chrome, "tellme-again", phone.text("location.href"), 390, 844)
	again.says(".wants [data-channel=mail]", "…12@…")
	again.click("#stop-wants")
	again.says("#wants-status", "お知らせを止めました")
	again.holds("document.querySelector('#tell-me') !== null && document.querySelector('.wants') === null || document.querySelectorAll('.wants li').length === 0")
	again.picture("stopped")
}

// TestE2E_TheDemoShowsItsNotices opens the inbox of the demo, where the notices of the
// simulated patients come in by themselves.
func TestE2E_TheDemoShowsItsNotices(t *testing.T) {
	t.Parallel()
	s, chrome := start(t, "--simulate")
	inbox := open(t, chrome, "inbox", s.URL+"/demo/inbox", 390, 844)
	inbox.says("h1", "デモの受信箱")
	inbox.holds("document.querySelectorAll('#inbox li h2').length >= 3 && document.querySelector('#none').hidden")
	inbox.holds("document.querySelector('#inbox').textContent.includes('受け付けました')")
	inbox.holds("[...document.querySelectorAll('#inbox .kind')].every((k) => k.textContent !== '')")
	inbox.fits()
	inbox.picture("notices")
}

// TestE2E_AMovedBookingKeepsItsNotices lets the desk move a booking to another day. What
// its patient wanted to be sent holds for the new ticket.
func TestE2E_AMovedBookingKeepsItsNotices(t *testing.T) {
	t.Parallel()
	s := program(t)
	desk := slotClinic(t, s, "2071")
	_, tomorrow := dates(t)
	mine := guestBooking(t, desk, "2071", tomorrow.Format(time.DateOnly), "15:00", "09000000002")
	wants := func(id, token, method string, body any) (w wire.Wants, status int) {
		t.Helper()
		status = desk.Do(t, method, "/v1/tickets/"+id+"/wants", map[string]string{"Authorization": "Bearer " + token}, body, &w)
		return w, status
	}
	asked := wire.WantsRequest{Consent: wire.ConsentVersion, Wants: []wire.NewWant{{Channel: "inbox", Inbox: "花子", Language: "ja"}}}
	if w, status := wants(mine.Ticket.ID, mine.Token, "PUT", asked); status != 200 || len(w.Wants) != 1 || w.Wants[0].Next == nil || w.Wants[0].Next.At == nil {
		t.Fatalf("%d %+v", status, w)
	}
	rebooks(t, desk, mine.Ticket, tomorrow.AddDate(0, 0, 1).Format(time.DateOnly), "16:00")
	var led wire.TicketAnswer
	if status := desk.Do(t, "GET", "/v1/tickets/"+mine.Ticket.ID, map[string]string{"Authorization": "Bearer " + mine.Token}, nil, &led); status != 200 || led.Moved == nil {
		t.Fatalf("%d %+v", status, led)
	}
	programtest.Eventually(t, "the new ticket has the wants of the old one", func() bool {
		w, status := wants(led.Moved.ID, led.Moved.Token, "GET", nil)
		return status == 200 && len(w.Wants) == 1
	})
}
