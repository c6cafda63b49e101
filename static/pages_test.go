package static

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func samples(lang string) map[string]Page {
	waiting := 14
	board := Board{
		Service: "1234-1", Name: "内科", Day: "2026-11-21", Reception: "open", Availability: "few",
		ClosesAt: time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC),
		Calling:  []Call{{Number: 23, Room: "第1診察室"}, {Number: 7, Room: "第2診察室", Of: "小児科"}}, Waiting: &waiting, Unit: "組",
		WaitLow: 25, WaitHigh: 40, WaitNote: "検査の方はさらに30分", Overrunning: true, Notice: "urgent",
		Resting: []Rest{{Room: "第3診察室", Duty: "break", Until: "13:30"}}, Absent: []int{19, 21}, Line: []int{24, 26}, Message: "本日は混み合っています",
		Guests:   []Guest{{Number: 3, Of: "小児科", State: "waiting"}, {Number: 5, Of: "小児科", State: "waiting"}, {Number: 4, Of: "皮膚科", State: "absent"}},
		DayNotes: []DayNote{{From: "2026-11-21", To: "2026-11-21", Reason: "午後は学会のため休診"}, {From: "2026-11-22", To: "2026-11-23", Closed: true, Reason: "連休"}},
	}
	names := map[string]string{"1234-1": "内科", "1234-2": "小児科"}
	frame := map[string]any{"type": "board", "topic": "service:1234-1", "note": "</script><!--"}
	return map[string]Page{
		"patient": PatientPage{Lang: lang, Clinic: "さくら医院", Board: board, At: "10:23", MaxParty: 4, Phone: "03-0000-0000", Names: names, Initial: frame},
		"arrive":  ArrivePage{Lang: lang, Name: "さくら医院", Day: "2026-11-21", Names: names},
		"sheet":   SheetPage{Lang: lang, Name: "さくら医院", URL: "https://junban.example/in/1234"},
		"display": DisplayPage{Lang: lang, Clinic: "1234", Name: "さくら医院", Boards: []Board{board}, Initial: frame},
		"staff":   StaffPage{Lang: lang},
		"books":   BooksPage{Lang: lang},
		"index": IndexPage{
			Lang: lang, Words: "さくら", Areas: []string{"港区"}, Departments: []string{"内科"}, Total: 21, Page: 2, Pages: 2, Previous: "/?page=1&q=さくら",
			Number: "999", Wrong: "malformed", Demo: true,
			Clinics: []IndexClinic{{Clinic: "1234", Name: "さくら医院", Area: "港区", Departments: []string{"内科", "小児科"}}},
		},
		"clinic": ClinicPage{
			Lang: lang, Clinic: "1234", Name: "さくら医院", Area: "港区", Departments: []string{"内科", "小児科"}, Address: "港区1-2-3",
			Map: "https://www.google.com/maps/search/?api=1&query=x", Phone: "03-0000-0000", Hours: "月〜金", Today: "2026-11-21", At: "10:23",
			Week: []WeekDay{
				{Date: "2026-11-21", Sessions: []WeekSession{{Name: "morning", From: "09:00", To: "12:00"}, {Name: "evening", From: "22:00", To: "02:00", Next: true}}},
				{Date: "2026-11-22", Reason: "祝日"},
			},
			Boards: []Board{board}, Names: names, Initial: frame, News: []ClinicNews{{Title: "休診", Body: "12月29日から", Date: "2026-11-20"}},
		},
		"sample": SamplePage{Lang: lang, Service: "1234-1", ServerOrigin: "https://junban.example"},
		"partner": PartnerPage{
			Lang: lang, Typed: "1234", Wrong: "unknown", Services: []PartnerService{{"1234-1", "内科", "/partner?service=1234-1"}}, Service: "1234-1", Name: "内科",
			Origins: []string{"https://www.example.jp"}, Speak: lang, Show: "waiting hours", Theme: "auto", Accent: "#8a3b12", Own: true,
			Element: "<junban-board></junban-board>", Frame: "<iframe></iframe>", FramePath: "/embed/1234-1?lang=ja",
		},
		"docs":  DocsPage{Lang: lang, Server: "https://junban.example", Clinic: "1234", Service: "1234-1"},
		"frame": FramePage{Lang: lang, Show: "waiting message address hours", Theme: "dark", Accent: "#8a3b12", Board: &board, At: "10:23", Address: "港区1-2-3", Hours: "月〜金"},
		"book": BookPage{
			Lang: lang, Step: BookChoose, Clinic: "さくら医院", Number: "1234", Service: "1234-1", Name: "内科", Phone: "03-0000-0000", At: "10:23", Today: "2026-11-21",
			Weeks: [][]BookDay{{{Date: "2026-11-22", Mark: "many", Link: true}, {Date: "2026-11-23", Mark: "off"}}}, Days: true, Day: "2026-11-22", FirstVisit: "button",
			Sessions: []BookSession{{Session: "morning-2", Slots: []BookSlot{{Slot: "09:00", To: "09:30", Mark: "few", Open: true}, {Slot: "09:30", To: "10:00", Mark: "stopped"}}}},
			Kinds:    []BookChoice{{"a", "かぜ"}}, Party: 1, MaxParty: 3, Wrong: "quota_full", Offers: []BookSlot{{Day: "2026-11-22", Slot: "09:00", To: "09:30", Mark: "few"}},
			Fields: []BookField{{Name: "name", Need: "required", Value: "花子"}, {Name: "sex", Need: "optional"}, {Name: "symptoms", Need: "optional"}, {Name: "consent", Need: "required"}},
		},
		"error": ErrorPage{Lang: lang, Code: "clinic_unknown"},
	}
}

func render(t *testing.T, s *Site, p Page) string {
	t.Helper()
	var out strings.Builder
	if err := s.Render(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRender_EveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, l := range Languages() {
		lang := l.Code
		for name, p := range samples(lang) {
			if slices.Contains([]string{"staff", "books", "partner", "docs"}, name) && lang != Japanese && lang != English {
				continue
			}
			html := render(t, s, p)
			if !strings.Contains(html, `<html lang="`+lang+`"`) || !strings.HasSuffix(html, "</html>\n") {
				t.Errorf("page %s in %s is incomplete:\n%s", name, lang, html)
			}
			if strings.Contains(html, "ZgotmplZ") {
				t.Errorf("page %s contains a value that the template refused:\n%s", name, html)
			}
		}
	}
}

func TestRender_HasNoInlineCode(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:`)
	script := regexp.MustCompile(`<script[^>]*>`)
	for name, p := range samples(Japanese) {
		html := render(t, s, p)
		if found := inline.FindString(html); found != "" {
			t.Errorf("page %s has %q, which the policy forbids", name, found)
		}
		for _, tag := range script.FindAllString(html, -1) {
			if !strings.Contains(tag, " src=") && !strings.Contains(tag, `type="application/json"`) {
				t.Errorf("page %s has an inline script %s", name, tag)
			}
		}
	}
}

func TestRender_HTMLHasTheNumbers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	html := render(t, s, samples(Japanese)["patient"])
	for _, want := range []string{
		`<b class="number" translate="no">23</b>`, "第1診察室", "14組", "約25〜40分", "19, 21 / 皮膚科の方 4", "24, 26 / 小児科の方 3, 5",
		"本日：午後は学会のため休診", "11月22日（日）〜11月23日（月）は休診です（連休）", "10:23 現在の状況です。", "本日は混み合っています", "△ 残りわずか",
		`<dd class="turn">18:00</dd>`, "小児科の方", "検査の方はさらに30分", "診察が長引いています", "急患の方", "第3診察室：休憩中（13:30まで）",
		`phone="03-0000-0000"`, `href="tel:0300000000"`, `id="names">{"1234-1":"内科","1234-2":"小児科"}</script>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the patient's page lacks %q:\n%s", want, html)
		}
	}
}

// TestRender_TextsAreIsolated renders every page with right-to-left texts. Each
// must be in an isolating element or between isolating characters.
func TestRender_TextsAreIsolated(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const rtl = "שלום"
	notDrawn := regexp.MustCompile(`(?s)<(title|script|textarea|datalist)\b[^>]*>.*?</(title|script|textarea|datalist)>|<[a-z][^>]*>`)
	isolatedBy := regexp.MustCompile(`<bdi>\|?` + rtl + `(</a>)?</bdi>|\x{2068}` + rtl + `\x{2069}`)
	japanese := regexp.MustCompile(`\p{Han}|\p{Hiragana}|\p{Katakana}`)
	drawn := 0
	pages := samples(English)
	one := 1
	pages["lookup"] = LookupPage{Lang: English, Clinic: "1234", Name: "医院", Services: []LookupService{{"1234-1", "内科"}}, Asked: true, Tickets: []LookupTicket{{Number: 1, State: "waiting", Ahead: &one, Unit: "人", Advice: "wait"}}}
	for name, p := range pages {
		v := reflect.New(reflect.TypeOf(p)).Elem()
		v.Set(reflect.ValueOf(p))
		turn(v, func(text string) string {
			if text != "人" && text != "組" && japanese.MatchString(text) {
				return rtl
			}
			return text
		})
		turned, _ := v.Interface().(Page)
		html := render(t, s, turned)
		html = notDrawn.ReplaceAllStringFunc(html, func(tag string) string {
			if strings.HasPrefix(tag, "<bdi") {
				return "<bdi>"
			}
			return "|"
		})
		drawn += strings.Count(html, rtl)
		if bare := isolatedBy.ReplaceAllString(html, ""); strings.Contains(bare, rtl) {
			at := strings.Index(bare, rtl)
			t.Errorf("page %s shows a text that is not isolated: %q", name, bare[max(0, at-80):min(len(bare), at+80)])
		}
	}
	if drawn < 50 {
		t.Errorf("only %d texts are shown", drawn)
	}
}

// turn replaces every string in a value.
func turn(v reflect.Value, to func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(to(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Type != reflect.TypeFor[time.Time]() {
				turn(v.Field(i), to)
			}
		}
	case reflect.Slice:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len()) // the samples share their slices
		reflect.Copy(own, v)
		for i := range own.Len() {
			turn(own.Index(i), to)
		}
		if !v.IsNil() {
			v.Set(own)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Elem().Kind() == reflect.Struct {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			turn(own.Elem(), to)
			v.Set(own)
		}
	case reflect.Map:
		own := reflect.MakeMap(v.Type())
		for _, k := range v.MapKeys() {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(v.MapIndex(k))
			turn(e, to)
			own.SetMapIndex(k, e)
		}
		if !v.IsNil() {
			v.Set(own)
		}
	}
}

func TestRender_OmitsHiddenFields(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	html := render(t, s, PatientPage{Lang: Japanese, Board: Board{Service: "1234-1", Name: "内科", Reception: "open"}, MaxParty: 1})
	for _, hidden := range []string{"お呼び出し中", "呼出時不在", "待ち時間の目安", `class="waiting"`, "クリニックからのメッセージ"} {
		if strings.Contains(html, hidden) {
			t.Errorf("the page shows %q, which the clinic hides", hidden)
		}
	}
}

func TestRender_ShowsEmptyFields(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	none := 0
	board := Board{Service: "1234-1", Name: "内科", Reception: "closed", Calling: []Call{}, Waiting: &none, Unit: "人", Absent: []int{}, WaitHigh: 10}
	html := render(t, s, PatientPage{Lang: Japanese, Board: board, MaxParty: 1})
	for _, want := range []string{"お呼び出し中の番号はありません", "0人", "なし", "10分以内", "受付終了"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q:\n%s", want, html)
		}
	}
}

func TestRender_ShowsTheReasonOfAStop(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, c := range []struct{ lang, reason, want string }{
		{Japanese, "crowded", "<small><bdi>混雑のため</bdi></small>"},
		{English, "crowded", "<small><bdi>The clinic is busy</bdi></small>"},
		{English, "学会 <出張>", "<small><bdi>学会 &lt;出張&gt;</bdi></small>"},
	} {
		html := render(t, s, PatientPage{Lang: c.lang, Board: Board{Reception: "paused", StopReason: c.reason}, MaxParty: 1, Identify: true, Booking: true})
		if !strings.Contains(html, c.want) || !strings.Contains(html, ` identify booking>`) {
			t.Errorf("the page lacks %q:\n%s", c.want, html)
		}
	}
}

func TestRender_EscapesTheInitialFrame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	html := render(t, s, samples(Japanese)["patient"])
	_, data, ok := strings.Cut(html, `<script type="application/json" id="initial">`)
	if !ok {
		t.Fatal("the page has no initial frame")
	}
	data, _, _ = strings.Cut(data, "</script>")
	if want := `{"note":"\u003c/script\u003e\u003c!--","topic":"service:1234-1","type":"board"}`; data != want {
		t.Errorf("initial frame is %s, want %s", data, want)
	}
}

func TestRender_ShowsTheDateOfAnOpeningOnAnotherDay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	board := Board{Service: "1234-1", Day: "2026-11-21", Reception: "before"}
	for _, c := range []struct {
		lang, want string
		at         time.Time
	}{
		{Japanese, "17:30", time.Date(2026, 11, 21, 17, 30, 0, 0, time.UTC)},
		{Japanese, "11月23日（月） 07:30", time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)},
		{English, "Mon 23 November, 07:30", time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)},
	} {
		board.OpensAt = c.at
		html := render(t, s, PatientPage{Lang: c.lang, Board: board, MaxParty: 1})
		if _, after, _ := strings.Cut(html, `<dd class="turn">`); !strings.HasPrefix(after, c.want+"<") {
			t.Errorf("%s: the page lacks %q:\n%s", c.lang, c.want, html)
		}
	}
}

func TestRender_UnknownReceptionIsAnError(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := newSite(t).Render(&out, PatientPage{Lang: Japanese, Board: Board{Reception: "ajar"}})
	if !errors.Is(err, errNoText) || out.Len() != 0 {
		t.Errorf("Render = %v with %d bytes written, want %v and nothing written", err, out.Len(), errNoText)
	}
}

func TestRender_UnknownProblemGetsTheGeneralText(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	html := render(t, s, ErrorPage{Lang: English, Code: "never_heard_of"})
	if !strings.Contains(html, "That did not work.") {
		t.Errorf("no general text:\n%s", html)
	}
}

func TestRender_TemporaryErrorReloads(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for code, want := range map[string]bool{"unavailable": true, "internal": true, "clinic_unknown": false, "never_heard_of": false} {
		html := render(t, s, ErrorPage{Lang: Japanese, Code: code})
		if got := strings.Contains(html, `<meta http-equiv="refresh" content="5">`); got != want {
			t.Errorf("the page for %s refreshes: %t, want %t", code, got, want)
		}
	}
}

func TestRender_ScreenHasItsDensityClass(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for services, want := range map[int]string{0: "n0", 6: "n6", 7: "n7", 12: "n7"} {
		boards := make([]Board, services)
		for i := range boards {
			boards[i].Reception = "open"
		}
		html := render(t, s, DisplayPage{Lang: Japanese, Boards: boards})
		if !strings.Contains(html, `class="`+want+`"`) {
			t.Errorf("a screen with %d services does not have the class %s", services, want)
		}
	}
}

func TestRender_PatientPageRefreshesWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	html := render(t, s, samples(Japanese)["patient"])
	if !strings.Contains(html, `<noscript><meta http-equiv="refresh" content="15"></noscript>`) {
		t.Errorf("no refresh without JavaScript:\n%s", html)
	}
}
