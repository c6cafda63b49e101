package api

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"junban/api/wire"
)

// TestNoticeSettings_AreChangedAuditedAndOmitted changes the settings of notices, and
// omits them.
func TestNoticeSettings_AreChangedAuditedAndOmitted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path := "/v1/clinics/" + w.number() + "/settings"
		was := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
		if n := was.Notices; n == nil || *n.Travel != 20 || n.Quiet != (wire.Quiet{From: "21:00", Until: "08:00"}) || len(n.Off)+len(n.Words)+len(n.Caps)+len(n.Channels) != 0 {
			t.Fatalf("the defaults are %+v", n)
		}
		mine := was
		mine.Notices = &wire.NoticeSettings{
			Off: []string{"news", "news"}, Channels: []string{"mail"}, Label: " もみじ ", Discreet: true, Travel: new(0), Next: true,
			Quiet: wire.Quiet{From: "20:30"}, Caps: []wire.NoticeCap{{Channel: "push", Month: 1000}}, Words: []wire.NoticeWords{{Kind: "call", Text: " マスクの着用を。 "}},
		}
		want := *mine.Notices
		want.Off, want.Label, want.Quiet.Until, want.Words = []string{"news"}, "もみじ", "08:00", []wire.NoticeWords{{Kind: "call", Text: "マスクの着用を。"}}
		now := get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: mine})
		if !reflect.DeepEqual(*now.Notices, want) {
			t.Errorf("set %+v, want %+v", *now.Notices, want)
		}
		changes := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: cookie}).Changes
		if changes[0].By != testUser || !strings.Contains(string(changes[0].After["notices"]), "もみじ") {
			t.Errorf("changes %+v", changes[0])
		}
		now.Notices, now.Phone = nil, "03-9"
		if kept := get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: now}); !reflect.DeepEqual(*kept.Notices, want) {
			t.Errorf("a request without them leaves %+v", *kept.Notices)
		}
	})
}

func TestNoticeSettings_EachFieldThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	path := "/v1/clinics/" + w.number() + "/settings"
	s := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
	for want, change := range map[string]func(*wire.NoticeSettings){
		`{"pointer":"/notices/off/0","code":"not_one_of"`:           func(n *wire.NoticeSettings) { n.Off = []string{"fax"} },
		`{"pointer":"/notices/channels/0","code":"not_one_of"`:      func(n *wire.NoticeSettings) { n.Channels = []string{"line"} },
		`{"pointer":"/notices/label","code":"too_long"`:             func(n *wire.NoticeSettings) { n.Label = strings.Repeat("あ", 31) },
		`{"pointer":"/notices/label","code":"characters"`:           func(n *wire.NoticeSettings) { n.Label = "a\u202eb" },
		`{"pointer":"/notices/travel","code":"between"`:             func(n *wire.NoticeSettings) { n.Travel = new(121) },
		`{"pointer":"/notices/quiet/from","code":"not_time_of_day"`: func(n *wire.NoticeSettings) { n.Quiet.From = "25:00" },
		`{"pointer":"/notices/quiet/until","code":"no_quiet"`:       func(n *wire.NoticeSettings) { n.Quiet.Until = "21:00" },
		`{"pointer":"/notices/caps/0/month","code":"between"`:       func(n *wire.NoticeSettings) { n.Caps = []wire.NoticeCap{{Channel: "push", Month: -1}} },
		`{"pointer":"/notices/caps/1/channel","code":"used_twice"`:  func(n *wire.NoticeSettings) { n.Caps = slices.Repeat([]wire.NoticeCap{{Channel: "push"}}, 2) },
		`{"pointer":"/notices/caps","code":"too_many"`:              func(n *wire.NoticeSettings) { n.Caps = make([]wire.NoticeCap, 4) },
		`{"pointer":"/notices/words/0/text","code":"missing"`:       func(n *wire.NoticeSettings) { n.Words = []wire.NoticeWords{{Kind: "call", Text: " "}} },
		`{"pointer":"/notices/words/0/text","code":"too_long"`: func(n *wire.NoticeSettings) {
			n.Words = []wire.NoticeWords{{Kind: "call", Text: strings.Repeat("あ", 81)}}
		},
		`{"pointer":"/notices/words/0/text","code":"characters"`: func(n *wire.NoticeSettings) { n.Words = []wire.NoticeWords{{Kind: "call", Text: "a\nb"}} },
		`{"pointer":"/notices/words/0/kind","code":"not_one_of"`: func(n *wire.NoticeSettings) { n.Words = []wire.NoticeWords{{Kind: "tea", Text: "x"}} },
		`{"pointer":"/notices/words/1/kind","code":"used_twice"`: func(n *wire.NoticeSettings) {
			n.Words = slices.Repeat([]wire.NoticeWords{{Kind: "call", Text: "x"}}, 2)
		},
	} {
		wrong, n := s, *s.Notices
		change(&n)
		wrong.Notices = &n
		if res := w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: wrong}); !strings.Contains(string(res.body), want) {
			t.Errorf("want %s named: %s", want, res.body)
		}
	}
}

func TestReminders_AreSettingsOfAService(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	cookie, path := w.login(), "/v1/services/"+w.ref("1")+"/settings"
	s := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie})
	if s.Reminders == nil || len(s.Reminders) != 0 {
		t.Fatalf("a new service has %v", s.Reminders)
	}
	s.Reminders = []wire.Reminder{{Days: 3, At: "18:00"}, {Days: 1, At: "09:00"}}
	now := get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: s})
	if !slices.Equal(now.Reminders, s.Reminders) {
		t.Errorf("set %v", now.Reminders)
	}
	now.Reminders, now.Note = nil, "x"
	if now = get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: now}); !slices.Equal(now.Reminders, s.Reminders) {
		t.Errorf("a request without them leaves %v", now.Reminders)
	}
	for want, wrong := range map[string][]wire.Reminder{
		`{"pointer":"/reminders/0/days","code":"between"`:       {{Days: 15, At: "09:00"}},
		`{"pointer":"/reminders/0/at","code":"not_time_of_day"`: {{Days: 1}},
		`{"pointer":"/reminders/1","code":"same_reminders"`:     {{Days: 1, At: "09:00"}, {Days: 1, At: "09:00"}},
		`{"pointer":"/reminders","code":"too_many"`:             make([]wire.Reminder, 4),
	} {
		now.Reminders = wrong
		if res := w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: now}); !strings.Contains(string(res.body), want) {
			t.Errorf("want %s named: %s", want, res.body)
		}
	}
	now.Reminders = []wire.Reminder{}
	if now = get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: now}); len(now.Reminders) != 0 {
		t.Errorf("an empty list leaves %v", now.Reminders)
	}
}
