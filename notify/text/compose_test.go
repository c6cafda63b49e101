package text

import (
	"strings"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/static"
)

// someInput is an approach of a patient with four groups ahead.
func someInput(lang string) Input {
	day := clinic.Day("2026-12-01")
	return Input{
		Job:    outbox.Job{ID: "0123456789abcdefghij", Clinic: "1234", Box: string(day), Kind: outbox.Approach, Ticket: "1234-1-261201-k3f9a1x2m7qd", Ahead: 4},
		Want:   outbox.Want{Channel: outbox.Mail, Language: lang, Origin: "https://junban.example", Token: "t0ken"},
		Ticket: queue.Ticket{ID: "1234-1-261201-k3f9a1x2m7qd", Number: 24, State: queue.Waiting, Line: "1", Room: "r1", Attempt: 1, Session: "morning", HasCode: true},
		Clinic: clinic.Clinic{ID: "1234", Name: "見本クリニック", Address: "東京都見本区1-2-3", Phone: "03-0000-0000", Zone: "Asia/Tokyo",
			Rooms:    []clinic.Room{{ID: "r1", Name: "第1診察室"}},
			Services: []clinic.Service{{ID: "1", Name: "内科", Mode: "order", Unit: "組", WebCancel: true, ComeAt: 5, Absence: clinic.Absence{Rule: clinic.BackN, Back: 3}}}},
		Low: 20 * time.Minute, High: 35 * time.Minute,
		Now: time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC),
	}
}

func newComposer(t *testing.T) *Composer {
	t.Helper()
	site, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	return New(site)
}

func TestCompose_ApproachHasTheFiguresAndNoClockTime(t *testing.T) {
	t.Parallel()
	m := newComposer(t).Compose(someInput("ja"))
	if want := "24番 あと4組・約20〜35分。そろそろお越しください。"; m.Body != want {
		t.Errorf("body %q, want %q", m.Body, want)
	}
	if want := "まもなく順番です・見本クリニック"; m.Title != want {
		t.Errorf("title %q, want %q", m.Title, want)
	}
	if want := "24番 まもなく順番です・見本クリニック"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	if !strings.Contains(m.Text, "https://junban.example/s/1234-1#1234-1-261201-k3f9a1x2m7qd.t0ken") {
		t.Errorf("no link in %s", m.Text)
	}
}

// TestCompose_ApproachOfAPatientFarFromTheTurn does not call it almost the turn: with a
// long way, the notice leaves early.
func TestCompose_ApproachOfAPatientFarFromTheTurn(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	for name, one := range map[string]struct {
		ahead, wanted int
		hidden        bool
		title, body   string
	}{
		"as the service":               {5, 0, false, "まもなく順番です", "24番 あと5組・約20〜35分。そろそろお越しください。"},
		"more than the service":        {6, 0, false, "お出かけの時間です", "24番 あと6組・約20〜35分。そろそろお越しください。"},
		"as wanted":                    {8, 8, false, "まもなく順番です", "24番 あと8組・約20〜35分。そろそろお越しください。"},
		"more than wanted":             {4, 3, false, "お出かけの時間です", "24番 あと4組・約20〜35分。そろそろお越しください。"},
		"hidden":                       {5, 0, true, "まもなく順番です", "24番 まもなく順番です。そろそろお越しください。"},
		"hidden, more than the others": {6, 0, true, "お出かけの時間です", "24番 そろそろお越しください。"},
	} {
		in := someInput("ja")
		in.Job.Ahead, in.Want.Ahead = one.ahead, one.wanted
		if one.hidden {
			in.Clinic.Services[0].Hide = []string{"ahead", "waitMinutes"}
		}
		if m := c.Compose(in); m.Title != one.title+"・見本クリニック" || m.Body != one.body {
			t.Errorf("%s: %q, %q", name, m.Title, m.Body)
		}
	}
}
