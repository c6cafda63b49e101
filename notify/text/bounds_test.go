package text

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/static"
)

// everyNotice calls a function with each kind, stage and state of a notice, in each
// language, with figures that are as long as they come.
func everyNotice(t *testing.T, look func(name string, in Input)) {
	t.Helper()
	for _, l := range static.Languages() {
		add := func(name string, kind outbox.Kind, stage string, change func(*Input)) {
			in := someInput(l.Code)
			in.Job.Kind, in.Job.Stage, in.Job.Ahead = kind, stage, 128
			in.Ticket.Number, in.Low, in.High = 9999, 180*time.Minute, 210*time.Minute
			if change != nil {
				change(&in)
			}
			look(l.Code+" "+name, in)
		}
		booked := func(in *Input) {
			in.Ticket.ID, in.Ticket.Number, in.Ticket.State, in.Ticket.Session = "1234-1-261223-k3f9a1x2m7qd", 0, queue.Booked, "afternoon-2"
			in.Job.Ticket, in.Job.Box = in.Ticket.ID, "2026-12-23"
		}
		slot := func(in *Input) {
			booked(in)
			in.Ticket.Slot, in.Ticket.LineSlot = "10:30", "10:30"
			in.Ticket.SlotFrom = time.Date(2026, 12, 23, 1, 30, 0, 0, time.UTC)
			in.Ticket.SlotTo = in.Ticket.SlotFrom.Add(30 * time.Minute)
		}
		hidden := func(in *Input) { in.Clinic.Services[0].Hide = []string{"ahead", "waitMinutes"} }
		absent := func(rule string, back int) func(*Input) {
			return func(in *Input) {
				in.Ticket.State, in.Clinic.Services[0].Absence = queue.Absent, clinic.Absence{Rule: rule, Back: back}
			}
		}
		add("confirm", outbox.Confirm, "", nil)
		add("confirm without figures", outbox.Confirm, "", hidden)
		add("come now", outbox.Confirm, StageNow, nil)
		add("booked", outbox.Confirm, "", booked)
		add("booked a slot", outbox.Confirm, "", slot)
		add("approach", outbox.Approach, "go", nil)
		add("approach without figures", outbox.Approach, "go", hidden)
		add("approach nearby", outbox.Approach, "go", func(in *Input) { in.Job.Ahead = 5 })
		add("approach nearby without figures", outbox.Approach, "go", func(in *Input) { hidden(in); in.Job.Ahead = 5 })
		add("approach of a slot", outbox.Approach, "go", slot)
		add("next", outbox.Approach, StageNext, func(in *Input) { in.Job.Ahead = 0 })
		add("call", outbox.Call, "", func(in *Input) { in.Ticket.State = queue.Called })
		add("call without a room", outbox.Call, "", func(in *Input) { in.Ticket.State, in.Ticket.Room = queue.Called, "" })
		add("recall", outbox.Call, "", func(in *Input) { in.Ticket.State, in.Ticket.Attempt = queue.Called, 2 })
		for _, rule := range clinic.AbsenceRules {
			add("missed, "+rule, outbox.Missed, "", absent(rule, 10))
			add("missed, "+rule+" 0", outbox.Missed, "", absent(rule, 0))
		}
		add("missed for good", outbox.Missed, "", func(in *Input) { in.Ticket.State = queue.NoShow })
		add("cancelled", outbox.Changed, StageCancelled, func(in *Input) { in.Ticket.State = queue.Cancelled })
		add("cancelled booking", outbox.Changed, StageCancelled, func(in *Input) { slot(in); in.Ticket.State = queue.Cancelled })
		add("moved", outbox.Changed, StageMoved, slot)
		add("transfer", outbox.Changed, StageTransfer, nil)
		add("back", outbox.Changed, StageBack, nil)
		add("changed", outbox.Changed, "", nil)
		add("delay", outbox.Delay, "", nil)
		add("delay without a range", outbox.Delay, "", hidden)
		add("reminder", outbox.Reminder, "3d", slot)
		add("reminder of a day", outbox.Reminder, "1d", booked)
		add("news", outbox.News, "", func(in *Input) {
			in.Ticket, in.Job.Ticket, in.Job.Box = queue.Ticket{}, "", "news-nabc"
			in.News = News{Title: "年末年始の休診", Body: "12月29日から1月3日まで休みます。"}
		})
	}
}

func TestCompose_FitsLockScreensAndInboxes(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	seen := map[string]string{}
	everyNotice(t, func(name string, in Input) {
		for _, label := range []string{"見本クリニック", "医", strings.Repeat("とても長い名前の", 6) + "クリニック"} {
			in.Clinic.Name = label
			in.Clinic.Notices.Words = nil
			m := c.Compose(in)
			b := boundOf(m.Language)
			for part, n := range map[string][2]int{"title": {utf8.RuneCountInString(m.Title), b.title}, "body": {utf8.RuneCountInString(m.Body), b.body}, "subject": {utf8.RuneCountInString(m.Subject), b.subject}} {
				if n[0] == 0 || n[0] > n[1] {
					t.Errorf("%s: the %s has %d characters of %d: %q %q %q", name, part, n[0], n[1], m.Title, m.Body, m.Subject)
				}
			}
			for part, text := range map[string]string{"title": m.Title, "body": m.Body, "subject": m.Subject, "text": m.Text, "HTML": m.HTML, "stale": m.Stale} {
				if strings.ContainsAny(text, "{}") || strings.Contains(text, "notify.") || strings.Contains(text, "  ") || text == "" || text != strings.TrimSpace(text) && part != "text" && part != "HTML" {
					t.Errorf("%s: %s %q", name, part, text)
				}
			}
		}
		m := c.Compose(in)
		if other, ok := seen[m.Language+m.Title+m.Body]; ok && !strings.Contains(name, "missed") {
			t.Errorf("%s has the words of %s: %s", name, other, m.Body)
		}
		seen[m.Language+m.Title+m.Body] = name
	})
	if len(seen) < 7*25 {
		t.Errorf("only %d notices were written", len(seen))
	}
}

// TestCompose_FitsAPush has the longest texts of a clinic in characters of four bytes.
func TestCompose_FitsAPush(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	everyNotice(t, func(name string, in Input) {
		in.Want.Channel = outbox.Push
		in.Clinic.Name = strings.Repeat("𠮷", 60)
		in.Clinic.Notices.Words = []clinic.NoticeWords{{Kind: string(in.Job.Kind), Text: strings.Repeat("𠮷", 80)}}
		in.News.Title, in.News.Body = strings.Repeat("𠮷", 100), strings.Repeat("𠮷", 2000)
		m := c.Compose(in)
		sent, err := json.Marshal(map[string]string{"id": m.ID, "title": m.Title, "body": m.Body, "stale": m.Stale, "tag": m.Tag, "path": m.Path, "lang": m.Language})
		if err != nil {
			t.Fatal(err)
		}
		if len(sent) > 1600 {
			t.Errorf("%s has %d bytes", name, len(sent))
		}
		if m.Subject != "" || m.Text != "" || m.HTML != "" {
			t.Errorf("%s: a push has the text of a mail", name)
		}
	})
}

// TestCompose_RevealsNothingOnALockScreen has names in every place that a notice could
// take them from.
func TestCompose_RevealsNothingOnALockScreen(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	everyNotice(t, func(name string, in Input) {
		if in.Job.Kind == outbox.News {
			return
		}
		in.Clinic.Services[0].Name, in.Clinic.Services[0].Kinds = "泌尿器科", []clinic.Kind{{ID: "k", Name: "性病検査"}}
		in.Clinic.Departments = []string{"肛門外科"}
		in.Ticket.Kind = "k"
		in.Clinic.Address, in.Clinic.Phone = "東京都見本区", "03-0000-0000"
		in.Clinic.Rooms = []clinic.Room{{ID: "r1", Name: "泌尿器科 第1"}}
		for _, discreet := range []bool{false, true} {
			in.Clinic.Notices.Discreet = discreet
			m := c.Compose(in)
			screen := m.Title + "\n" + m.Body + "\n" + m.Subject + "\n" + m.Stale + "\n" + m.Tag + "\n" + m.Path
			for _, secret := range []string{"泌尿器科", "性病検査", "肛門外科", "見本区", "03-", "t0ken", "k3f9a1x2m7qd", "第1"} {
				if strings.Contains(screen, secret) {
					t.Errorf("%s, discreet %v: %q is in %q", name, discreet, secret, screen)
				}
			}
			if strings.Contains(screen+m.From, "見本") == discreet {
				t.Errorf("%s, discreet %v: %q from %q", name, discreet, screen, m.From)
			}
			if strings.Contains(m.HTML, "<img") || strings.Contains(m.HTML, "src=") || strings.Contains(m.HTML, "<script") {
				t.Errorf("%s: the HTML loads something: %s", name, m.HTML)
			}
		}
	})
}

// TestCompose_HostileTexts has what a clinic might paste, or an intruder put into its
// settings.
func TestCompose_HostileTexts(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	hostile := "\u202eKCATTA\r\nBcc: all@example.jp\x00\x1b[2J <b>bold</b> {number} {label}\u2066\u200f\ufeff مستشفى"
	everyNotice(t, func(name string, in Input) {
		in.Clinic.Name, in.Clinic.Address, in.Clinic.Phone = hostile, hostile, hostile
		in.Clinic.Rooms[0].Name, in.Clinic.Services[0].Name = hostile[:20], hostile
		in.Clinic.Notices.Words = []clinic.NoticeWords{{Kind: string(in.Job.Kind), Text: hostile}}
		in.News.Title = strings.TrimSpace(in.News.Title + hostile)
		in.News.Body = hostile + "\n\n\n\n" + hostile
		m := c.Compose(in)
		for part, text := range map[string]string{"title": m.Title, "body": m.Body, "subject": m.Subject, "from": m.From} {
			for _, r := range text {
				if unicode.IsControl(r) {
					t.Errorf("%s: the %s has a control character %q", name, part, text)
				}
			}
		}
		for part, text := range map[string]string{"title": m.Title, "body": m.Body, "subject": m.Subject, "text": m.Text, "HTML": m.HTML, "from": m.From} {
			if strings.ContainsAny(text, "\u202e\u200f\u2066\x00\x1b") || !utf8.ValidString(text) {
				t.Errorf("%s: the %s has marks: %q", name, part, text)
			}
			if strings.Count(text, "\u2068") != strings.Count(text, "\u2069") {
				t.Errorf("%s: the %s has isolates that do not end: %q", name, part, text)
			}
		}
		if strings.Contains(m.HTML, "<b>") || strings.Contains(m.Text, "\n\n\n") {
			t.Errorf("%s: %s\n%s", name, m.HTML, m.Text)
		}
	})
}

func TestClipped_CutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"短い": "短い", "ちょうど五": "ちょうど五", "これは長い文です": "これは長…", "abcd e\u0301f": "abcd…", "abce\u0301fg": "abc…",
		"ab👨\u200d👩\u200d👧": "ab…", "か\u3099き\u3099く\u3099": "か\u3099き\u3099…",
	} {
		if got := clipped(text, 5); got != want {
			t.Errorf("clipped(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestProof_HasTheCodeInEveryLanguage(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	seen := map[string]bool{}
	for _, l := range static.Languages() {
		m := c.Proof(l.Code, "012345")
		if !strings.Contains(m.Subject, "012345") || strings.Count(m.Text, "012345") != 1 || strings.Count(m.HTML, "012345") != 1 {
			t.Errorf("%s: %q\n%s", l.Code, m.Subject, m.Text)
		}
		if strings.Contains(m.Text, "http") || utf8.RuneCountInString(m.Subject) > boundOf(l.Code).subject {
			t.Errorf("%s: %q %s", l.Code, m.Subject, m.Text)
		}
		seen[m.Text] = true
	}
	if m := c.Proof("tlh", "012345"); m.Language != "ja" {
		t.Errorf("an unknown language is %q", m.Language)
	}
	if len(seen) != len(static.Languages()) {
		t.Error("two languages have the same text")
	}
}

func TestCompose_TagAndSound(t *testing.T) {
	t.Parallel()
	c := newComposer(t)
	tags := map[string]int{}
	everyNotice(t, func(name string, in Input) {
		m := c.Compose(in)
		tags[m.Tag]++
		if m.Kind != string(in.Job.Kind) {
			t.Errorf("%s: kind %q", name, m.Kind)
		}
		if loud := in.Job.Kind != outbox.Confirm; m.Renotify != loud {
			t.Errorf("%s: renotify %v", name, m.Renotify)
		}
		if path := map[bool]string{true: "/c/1234", false: "/t"}[in.Job.Kind == outbox.News]; m.Path != path {
			t.Errorf("%s: path %q", name, m.Path)
		}
		if !strings.HasPrefix(m.ID, "1234-") || !strings.HasSuffix(m.ID, in.Job.ID) {
			t.Errorf("%s: id %q", name, m.ID)
		}
	})
	if len(tags) != 3 { // two tickets, and the news
		t.Errorf("tags %v", fmt.Sprint(tags))
	}
}
