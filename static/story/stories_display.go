package main

import (
	"net/http"
	"strings"
	"time"

	"junban/api/wire"
	"junban/static"
)

// display returns a story of a clinic's screen, with sound off.
func display(name string, boards []wire.Board, change ...func(*Story)) Story {
	f := clinicFrame(boards...)
	s := Story{
		Name: "display-" + name, Frames: []wire.Frame{f}, Shows: ".link.live", Portrait: true, Query: "sound=off",
		Page: func(lang string) static.Page {
			p := static.DisplayPage{Lang: lang, Clinic: clinicNumber, Name: clinicName, Initial: f}
			for _, b := range boards {
				p.Boards = append(p.Boards, static.NewBoard(b, names()))
			}
			return p
		},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// pairs returns a story of a screen that is paired with a clinic.
func pairs(name, shows string, change ...func(*Story)) Story {
	const link = "https://junban.example/staff#screen=482913"
	size, path, err := static.Code(link)
	if err != nil {
		panic(err) // a constant
	}
	s := display(name, []wire.Board{board(), another(children, "小児科", 7)}, func(s *Story) {
		s.Page = func(lang string) static.Page { return static.DisplayPage{Lang: lang} }
		s.Query, s.Shows = "", shows
		s.Answers = map[string]any{
			"POST /v1/pairings":       wire.Pairing{Code: "482913", Token: screenToken, Link: link, QRCode: wire.QRCode{Size: size, Path: path}},
			"GET /v1/pairings/482913": wire.PairingState{},
		}
	})
	for _, c := range change {
		c(&s)
	}
	return s
}

const screenToken = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// letIn makes the screen one that the desk has accepted.
func letIn(s *Story) {
	own := wire.OwnScreen{ClinicName: clinicName, ScreenSettings: wire.ScreenSettings{Name: "待合室", Repeat: 2}}
	s.Answers["GET /v1/clinics/"+clinicNumber+"/screen"] = own
	s.Storage = map[string]any{"junban.screen": map[string]any{"clinic": clinicNumber, "token": screenToken, "screen": own}}
}

// outage is a screen that loads while the server does not respond. It shows its
// stored state.
func outage(s *Story) {
	letIn(s)
	old := now.Add(-20 * time.Minute)
	s.Frames[0].At = wire.Time{Time: old}
	s.Line, s.Crowded = Dead, true
	s.Storage["junban.display."+clinicNumber] = map[string]any{
		"known": []string{}, "recent": []any{}, "frame": s.Frames[0], "heardAt": old.UnixMilli(),
	}
	s.Answers["GET /v1/clinics/"+clinicNumber+"/screen"] = refusal(http.StatusServiceUnavailable, "unavailable")
}

// turned waits until the screen shows the page with a selector.
func turned(to string) func(*Story) {
	return func(s *Story) { s.Steps, s.Shows = []step{{At: to, Pass: 10_000}}, ".link.live" }
}

func displayStories() []Story {
	three := []wire.Board{board(withMessage), another(children, "小児科", 7, resting), another("1234-3", "皮膚科", 112, empty)}
	seven := append([]wire.Board{board(unusual, withMessage)}, three[1:]...)
	for i, name := range []string{"整形外科", "眼科", "耳鼻咽喉科", "予防接種"} {
		seven = append(seven, another("1234-"+string(rune('4'+i)), name, 40*i+3))
	}
	mixed := []wire.Board{board(bySlot, unusual, withMessage), another(children, "小児科", 7), another("1234-3", "予防接種", 31, bySlot)}
	testTimeout := []wire.Board{board(longMessage), another(children, "小児科", 7)}
	return []Story{
		display("one", []wire.Board{board()}),
		display("unusual", []wire.Board{another(medicine, "内科", 23, unusual, withMessage)}),
		display("two", []wire.Board{board(unusual, withMessage, resting), another(children, "小児科", 7)}, crowded),
		display("three", three),
		display("seven", seven, crowded),
		display("seven-last", seven, crowded, turned("#service-1234-7")),
		display("message", testTimeout, turned(".long")),
		display("many-absent", []wire.Board{board(manyAbsent)}),
		display("empty", []wire.Board{board(empty), another(children, "小児科", 1, closed, empty)}),
		display("nothing", []wire.Board{}, func(s *Story) { s.Shows = ".services p" }),
		display("slot", []wire.Board{board(bySlot)}),
		display("slot-uncalled", []wire.Board{board(uncalled)}),
		display("slot-hidden", []wire.Board{board(bySlot, slotsHidden)}),
		display("slot-mixed", mixed, crowded),
		display("slot-stale", mixed, cut, crowded),
		display("slot-no-script", mixed, noScript, crowded),
		display("locked", three, func(s *Story) { s.Query, s.Shows = "", "button#sound" }),
		display("no-voice", three, func(s *Story) { s.Query, s.Loud, s.Shows = "sound=on", true, "p#sound" }),
		display("stale", three, cut, crowded),
		display("no-script", three, noScript, crowded),
		pairs("code", "#code"),
		pairs("let-in", ".link.live", letIn),
		pairs("shut-out", "#code", letIn, func(s *Story) {
			s.Answers["GET /v1/clinics/"+clinicNumber+"/screen"] = refusal(http.StatusNotFound, "screen_unknown")
		}),
		pairs("waiting", ".pair .plain", func(s *Story) { s.Line, s.Answers = Dead, nil }),
		pairs("outage", ".as-of", outage),
	}
}

func crowded(s *Story) { s.Crowded = true }

// longMessage adds a message that fills one or two pages.
func longMessage(b *wire.Board) {
	withMessage(b)
	b.Message.Text = strings.Repeat("本日は院長が往診のため、午後の診療は十五時三十分からとなります。お急ぎの方は受付にお申し出ください。", 4)
}

func manyAbsent(b *wire.Board) {
	b.Absent = nil
	for n := 1; n < 30; n++ {
		b.Absent = append(b.Absent, n)
	}
}
