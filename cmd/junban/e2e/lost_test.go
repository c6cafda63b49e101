//go:build unix

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/api/wire"
)

// TestE2E_ALostTicketIsTakenInAgain removes a ticket from Redis, as a failover to a
// lagging replica does, and issues its number again. Its owner's page shows what to do.
// The desk sees both holders and readmits the ticket with one action.
func TestE2E_ALostTicketIsTakenInAgain(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "key-of-the-first-ticket")
	var lost wire.Issued
	q := wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: "順番 花子", Phone: "090-1234-5678"}}
	if status := c.Do(t, "POST", "/v1/services/1234-1/tickets", map[string]string{"Idempotency-Key": "key-of-the-lost-ticket"}, q, &lost); status != http.StatusCreated {
		t.Fatalf("taking a ticket answers %d", status)
	}

	rdb := s.Redis(t)
	day := "junban:{1234}:" + lost.Ticket.Day + ":"
	standing, err := rdb.ZRange(t.Context(), day+"1:waiting", -1, -1).Result()
	if err != nil || len(standing) != 1 || !strings.HasSuffix(standing[0], lost.Ticket.ID) {
		t.Fatalf("the last of the line is %q: %v", standing, err)
	}
	if _, err := rdb.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
		p.ZRem(t.Context(), day+"1:waiting", standing[0])
		p.HDel(t.Context(), day+"tickets", lost.Ticket.ID)
		p.HDel(t.Context(), day+"patients", lost.Ticket.ID)
		p.HIncrBy(t.Context(), day+"meta", "1:n::", -1)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	twin := c.Issue(t, "key-of-the-ticket-after-it")
	if twin.Ticket.Number != lost.Ticket.Number {
		t.Fatalf("the numbers are %d and %d", lost.Ticket.Number, twin.Ticket.Number)
	}

	desk := openDesk(t, chrome, "lost-desk", s, 1280, 1000)
	desk.holds(fmt.Sprintf(`!!document.querySelector("[data-ticket='%s']")`, twin.Ticket.ID))
	patient := open(t, chrome, "lost-patient", s.URL+"/s/1234-1#"+lost.Ticket.ID+"."+lost.Token, 390, 844)
	patient.says(".mine .state", "システムの障害で失われました")
	patient.says(".mine .todo", "受付でお見せください")
	patient.shows("#number", fmt.Sprint(lost.Ticket.Number))
	patient.picture("lost")

	row := fmt.Sprintf(`[data-ticket="%s"]`, lost.Ticket.ID)
	desk.shows(row+" .state", "消えた受付")
	desk.says(row+" .person", "順番 花子 / 09012345678")
	desk.says(row+" small", "患者さんの画面から届きました")
	for _, id := range []string{lost.Ticket.ID, twin.Ticket.ID} {
		desk.says(fmt.Sprintf(`[data-ticket="%s"] small`, id), "もう一人に発行されています")
	}
	desk.says(".note.warns", "1件")
	desk.picture("lost")
	desk.click(onTicket(lost.Ticket.ID, "readmit"))
	desk.shows(row+" .state", "待ち")
	desk.picture("taken-in")
	patient.says(".mine .state", "お待ちいただいています")
	patient.shows("#number", fmt.Sprint(lost.Ticket.Number))
	patient.picture("taken-in")

	// Its owner may cancel it with the code of its issue.
	patient.click("#cancel")
	patient.fill("form.cancel input[name=cancelCode]", lost.CancelCode)
	patient.click("form.cancel button[type=submit]")
	patient.shows(".mine .state", "受付は取り消されました")
	desk.shows(row+" .state", "取消")
}
