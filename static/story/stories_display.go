package main

import (
	"junban/api/wire"
	"junban/static"
)

// display is the screen of a clinic with these services.
func display(name string, boards []wire.Board, change ...func(*Story)) Story {
	f := clinicFrame(boards...)
	s := Story{
		Name: "display-" + name, Frames: []wire.Frame{f}, Shows: ".link.live", Portrait: true,
		Page: func(lang string) static.Page {
			p := static.DisplayPage{Lang: lang, Clinic: clinicNumber, Name: clinicName, Initial: f}
			for _, b := range boards {
				p.Boards = append(p.Boards, painted(b))
			}
			return p
		},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func displayStories() []Story {
	three := []wire.Board{board(told), another(children, "小児科", 7, resting), another("1234-3", "皮膚科", 112, empty)}
	seven := append([]wire.Board{board(unusual, told)}, three[1:]...)
	for i, name := range []string{"整形外科", "眼科", "耳鼻咽喉科", "予防接種"} {
		seven = append(seven, another("1234-"+string(rune('4'+i)), name, 40*i+3))
	}
	return []Story{
		display("one", []wire.Board{board()}),
		display("unusual", []wire.Board{another(medicine, "内科", 23, unusual, told)}),
		display("two", []wire.Board{board(unusual, told, resting), another(children, "小児科", 7)}, crowded),
		display("three", three),
		display("seven", seven, crowded),
		display("empty", []wire.Board{board(empty), another(children, "小児科", 1, closed, empty)}),
		display("nothing", []wire.Board{}, func(s *Story) { s.Shows = ".services p" }),
		display("stale", three, cut, crowded),
		display("no-script", three, noScript, crowded),
	}
}

func crowded(s *Story) { s.Crowded = true }
