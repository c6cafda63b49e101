package mail_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/internal/mailtest"
	"junban/notify/mail"
	"junban/notify/message"
)

const someone = "hanako@" + mailtest.Patients

// newChannel returns a channel to a relay.
func newChannel(t *testing.T, relay string, change func(*mail.Options)) *mail.Channel {
	t.Helper()
	o := mail.Options{Relay: relay, From: "junban <notice@" + mailtest.Clinics + ">"}
	if change != nil {
		change(&o)
	}
	c, err := mail.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func someMessage(to string) message.Message {
	return message.Message{
		ID: "1234-261201-0123456789abcdefghij", To: message.Address{Mail: to}, Language: "ja", From: "見本クリニック",
		Subject: "24番 まもなく順番です・見本クリニック", Text: "24番 あと4組・約20〜35分。\n", HTML: "<p>24番 あと4組・約20〜35分。</p>\n",
	}
}

func TestSend_OpenSMTPDDeliversWhatWasWritten(t *testing.T) {
	t.Parallel()
	relay := mailtest.Start(t, someone)
	c := newChannel(t, relay.URL(), nil)
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := someMessage(someone)
	m.Unsubscribe = "https://junban.example/u/abc"
	m.Calendar = []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
	if r := c.Send(t.Context(), m); r.Outcome != message.Sent {
		t.Fatalf("result %+v", r)
	}
	got := relay.Wait(someone, 1)[0]
	if got.Subject != m.Subject || got.From.Name != m.From || got.From.Address != "notice@junban.example" {
		t.Errorf("subject %q from %v", got.Subject, got.From)
	}
	if strings.TrimSpace(got.Text) != strings.TrimSpace(m.Text) || strings.TrimSpace(got.HTML) != strings.TrimSpace(m.HTML) || !strings.HasPrefix(got.Calendar, "BEGIN:VCALENDAR") {
		t.Errorf("text %q, HTML %q, calendar %q", got.Text, got.HTML, got.Calendar)
	}
	for name, want := range map[string]string{
		"Return-Path": "<b+" + m.ID + "@junban.example>", "Message-ID": "<" + m.ID + "@junban.example>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://junban.example/u/abc>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "To": "<" + someone + ">",
	} {
		if value := got.Header.Get(name); value != want {
			t.Errorf("%s: %q, want %q", name, value, want)
		}
	}
	if r := c.Send(t.Context(), someMessage("nobody@"+mailtest.Patients)); r.Outcome != message.Refused || !strings.HasPrefix(r.Answer, "550 ") || strings.Contains(r.Answer, "nobody") {
		t.Errorf("an unknown receiver: %+v", r)
	}
	if r := c.Send(t.Context(), someMessage("hanako@elsewhere.example")); r.Outcome != message.Refused || strings.Contains(r.Answer, "hanako") {
		t.Errorf("a receiver to whom the relay does not relay: %+v", r)
	}
}

func TestSend_OutcomesOfAHostileRelay(t *testing.T) {
	t.Parallel()
	on := func(at, reply string) func(string, string) string {
		return func(verb, _ string) string {
			if verb == at {
				return reply
			}
			return ""
		}
	}
	for name, c := range map[string]struct {
		answer func(string, string) string
		want   message.Outcome
		fault  bool
	}{
		"greets with 421":                {on("", "421 busy"), message.Retry, false},
		"greets with 554":                {on("", "554 no service"), message.Retry, true},
		"drops at once":                  {on("", mailtest.Drop), message.Retry, false},
		"never greets":                   {on("", mailtest.Stall), message.Retry, false},
		"refuses the sender for now":     {on("MAIL", "451 4.3.0 later"), message.Retry, false},
		"refuses the sender":             {on("MAIL", "553 5.7.1 not yours"), message.Retry, true},
		"refuses the receiver for now":   {on("RCPT", "450 4.2.1 greylisted"), message.Retry, false},
		"knows no such receiver":         {on("RCPT", "550 5.1.1 <"+someone+"> unknown"), message.Gone, false},
		"refuses the receiver":           {on("RCPT", "550 5.7.1 refused"), message.Refused, false},
		"refuses it without a code":      {on("RCPT", "550 Requested action not taken"), message.Refused, false},
		"shuts down at the receiver":     {on("RCPT", "421 4.3.2 shutting down"), message.Retry, false},
		"stalls at the receiver":         {on("RCPT", mailtest.Stall), message.Retry, false},
		"drops before the text":          {on("DATA", mailtest.Drop), message.Retry, false},
		"refuses the text for now":       {on("DATA", "452 4.3.1 full"), message.Retry, false},
		"refuses what it read for now":   {on(".", "451 4.7.0 later"), message.Retry, false},
		"shuts down after the text":      {on(".", "421 4.3.2 shutting down"), message.Retry, false},
		"refuses what it read":           {on(".", "554 5.7.1 spam"), message.Refused, false},
		"drops after the text":           {on(".", mailtest.Drop), message.Uncertain, false},
		"stalls after the text":          {on(".", mailtest.Stall), message.Uncertain, false},
		"drops after it took the text":   {on("RSET", mailtest.Drop), message.Sent, false},
		"stalls after it took the text":  {on("RSET", mailtest.Stall), message.Sent, false},
		"answers with a very long reply": {on("RCPT", "550 5.7.1 "+strings.Repeat("<"+someone+"> ", 40)), message.Refused, false},
		"answers as it should":           {on("nothing", ""), message.Sent, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Misbehave(t, c.answer)
			channel := newChannel(t, server.URL(), func(o *mail.Options) { o.Timeout = 500 * time.Millisecond })
			r := channel.Send(t.Context(), someMessage(someone))
			if r.Outcome != c.want || r.Fault != c.fault {
				t.Errorf("result %+v, want %s with fault %v", r, c.want, c.fault)
			}
			if ofAddress := strings.Contains(name, "refuses the receiver") || name == "refuses it without a code" || name == "answers with a very long reply"; r.Address != ofAddress {
				t.Errorf("result %+v, want it to count for the address: %v", r, ofAddress)
			}
			if strings.Contains(r.Answer, someone) || len(r.Answer) > 250 || r.Answer == "" {
				t.Errorf("answer %q", r.Answer)
			}
		})
	}
}

func TestSend_StopsWithItsContext(t *testing.T) {
	t.Parallel()
	server := mailtest.Misbehave(t, func(verb, _ string) string {
		if verb == "RCPT" {
			return mailtest.Stall
		}
		return ""
	})
	c := newChannel(t, server.URL(), func(o *mail.Options) { o.Workers = 1 })
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan message.Result)
	go func() { results <- c.Send(ctx, someMessage(someone)) }()
	for server.Count("RCPT") == 0 {
		time.Sleep(time.Millisecond)
	}
	short, done := context.WithTimeout(t.Context(), time.Millisecond)
	defer done()
	if r := c.Send(short, someMessage(someone)); r.Outcome != message.Retry {
		t.Errorf("without a free connection: %+v", r)
	}
	cancel()
	if r := <-results; r.Outcome != message.Retry {
		t.Errorf("a stalled message: %+v", r)
	}
}

func TestSend_RefusesAddressesBeforeItConnects(t *testing.T) {
	t.Parallel()
	server := mailtest.Misbehave(t, func(string, string) string { return "" })
	c := newChannel(t, server.URL(), nil)
	for _, to := range []string{"", "a", "a@b.example\r\nRCPT TO:<c@d.example>", "a..b.@docomo.ne.jp", `"a..b."@docomo.ne.jp`} {
		if r := c.Send(t.Context(), someMessage(to)); r.Outcome != message.Refused {
			t.Errorf("%q: %+v", to, r)
		}
	}
	if n := server.Count(""); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestSend_KeepsNoDeadConnection sends over connections that the relay closes between
// two messages: the next one has another connection, and is sent once.
func TestSend_KeepsNoDeadConnection(t *testing.T) {
	t.Parallel()
	server := mailtest.Misbehave(t, func(string, string) string { return "" })
	c := newChannel(t, server.URL(), nil)
	for i := range 5 {
		if r := c.Send(t.Context(), someMessage(someone)); r.Outcome != message.Sent {
			t.Fatalf("message %d: %+v", i, r)
		}
		server.DropAll()
	}
	if n := server.Count("."); n != 5 {
		t.Errorf("%d texts for 5 messages", n)
	}
}

func TestSend_EndsAConnectionAfterTwentyMessages(t *testing.T) {
	t.Parallel()
	server := mailtest.Misbehave(t, func(string, string) string { return "" })
	c := newChannel(t, server.URL(), func(o *mail.Options) { o.Workers = 1 })
	for range 50 {
		if r := c.Send(t.Context(), someMessage(someone)); r.Outcome != message.Sent {
			t.Fatalf("%+v", r)
		}
	}
	if n := server.Count("EHLO"); n != 3 {
		t.Errorf("%d connections for 50 messages", n)
	}
}

// TestSend_ManyWorkersAndARestart has a dozen workers send while the relay stops and starts
// again. Each message that is reported as sent was delivered to its own receiver, and no
// other was.
func TestSend_ManyWorkersAndARestart(t *testing.T) {
	t.Parallel()
	const workers, each = 12, 10
	var receivers []string
	for i := range workers {
		receivers = append(receivers, fmt.Sprintf("p%d@%s", i, mailtest.Patients))
	}
	relay := mailtest.Start(t, receivers...)
	c := newChannel(t, relay.URL(), func(o *mail.Options) { o.Workers, o.Timeout = workers, 20*time.Second })
	var mu sync.Mutex
	sent := map[string][]string{} // receiver → subjects
	perhaps := 0
	restarted := make(chan struct{})
	var sending sync.WaitGroup
	for i, to := range receivers {
		sending.Go(func() {
			for n := range each {
				if n == each/2 {
					<-restarted // half of the messages over connections that are dead
				}
				m := someMessage(to)
				m.ID, m.Subject = fmt.Sprintf("w%d-%d", i, n), fmt.Sprintf("%d番の%d", i, n)
				for {
					r := c.Send(t.Context(), m)
					if r.Outcome == message.Retry && !r.Fault && t.Context().Err() == nil {
						time.Sleep(20 * time.Millisecond)
						continue
					}
					mu.Lock()
					if r.Outcome == message.Sent {
						sent[to] = append(sent[to], m.Subject)
					} else if perhaps++; r.Outcome != message.Uncertain {
						t.Errorf("%s: %+v", m.Subject, r)
					}
					mu.Unlock()
					break
				}
			}
		})
	}
	relay.Wait(receivers[0], 3)
	for _, to := range receivers {
		relay.Wait(to, each/2-1) // what the queue of the relay still has would be lost with it
	}
	relay.Stop()
	relay.Run()
	close(restarted)
	sending.Wait()
	late := 0
	for i, to := range receivers {
		had := map[string]int{}
		for _, m := range relay.Wait(to, each-1) {
			had[m.Subject]++
			if !strings.HasPrefix(m.Subject, fmt.Sprintf("%d番の", i)) {
				t.Errorf("%s has the mail %q of another", to, m.Subject)
			}
		}
		for _, subject := range sent[to] {
			if had[subject] == 0 {
				late++
			}
			if had[subject] > 1 {
				t.Errorf("%s has %q %d times", to, subject, had[subject])
			}
		}
	}
	if late > workers { // at most one for each, in the relay's own queue when it was killed
		t.Errorf("%d messages were sent and not delivered; %d are uncertain", late, perhaps)
	}
}

// TestSend_TwentyWorkersOverBreakingConnections has each message reach its own receiver,
// while the relay breaks connections at every moment. What is reported as sent was
// accepted once, and what was accepted is reported as sent or uncertain.
func TestSend_TwentyWorkersOverBreakingConnections(t *testing.T) {
	t.Parallel()
	const workers, each = 20, 30
	server := mailtest.Misbehave(t, func(string, string) string { return "" })
	c := newChannel(t, server.URL(), func(o *mail.Options) { o.Workers = workers })
	outcomes := make([][]message.Outcome, workers)
	stop := make(chan struct{})
	var breaking, sending sync.WaitGroup
	breaking.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
				server.DropAll()
			}
		}
	})
	for i := range workers {
		sending.Go(func() {
			for n := range each {
				m := someMessage(fmt.Sprintf("p%d-%d@%s", i, n, mailtest.Patients))
				m.Subject = fmt.Sprintf("of %d-%d", i, n)
				outcomes[i] = append(outcomes[i], c.Send(t.Context(), m).Outcome)
			}
		})
	}
	sending.Wait()
	close(stop)
	breaking.Wait()
	accepted := map[string]int{}
	for _, taken := range server.Taken() {
		m, err := mailtest.Parse([]byte(taken.Text))
		if err != nil {
			t.Fatal(err)
		}
		accepted[taken.Receiver]++
		if to := m.Header.Get("To"); to != "<"+taken.Receiver+">" || m.Subject != "of "+strings.TrimSuffix(strings.TrimPrefix(taken.Receiver, "p"), "@"+mailtest.Patients) {
			t.Errorf("%s has the mail %q to %s", taken.Receiver, m.Subject, to)
		}
	}
	count := map[message.Outcome]int{}
	for i := range workers {
		for n, outcome := range outcomes[i] {
			count[outcome]++
			times := accepted[fmt.Sprintf("p%d-%d@%s", i, n, mailtest.Patients)]
			if outcome == message.Sent && times != 1 || outcome == message.Retry && times != 0 || times > 1 {
				t.Errorf("%d-%d is %s, and was accepted %d times", i, n, outcome, times)
			}
		}
	}
	if count[message.Sent] == 0 || count[message.Retry]+count[message.Uncertain] == 0 {
		t.Errorf("outcomes %v", count)
	}
}

func TestCheck_ReportsALoginThatFails(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	if err := newChannel(t, "smtp://"+addr+"?tls=none", nil).Check(t.Context()); err == nil {
		t.Error("a relay that is not there passes the check")
	}
}

// BenchmarkSend sends mails with text and HTML over eight connections, as the notifier
// does.
func BenchmarkSend(b *testing.B) {
	server := mailtest.Misbehave(b, func(string, string) string { return "" })
	c, err := mail.New(mail.Options{Relay: server.URL(), From: "notice@" + mailtest.Clinics, Workers: 8})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	m := someMessage(someone)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if r := c.Send(b.Context(), m); r.Outcome != message.Sent {
				b.Errorf("%+v", r)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
