package main

import (
	"time"

	"junban/api/wire"
	"junban/static"
)

const (
	clinicAddress = "東京都杉並区さくら町1-2-3 さくらビル2階"
	clinicHours   = "月火水金 9:00–12:30 15:30–18:30\n土 9:00–12:30\n休診 木曜・日曜・祝日"
)

// clinicProfile is the response for the address and the hours in the element.
var clinicProfile = map[string]any{
	"GET /v1/clinics/" + clinicNumber: wire.Clinic{Clinic: clinicNumber, Name: clinicName, Address: clinicAddress, Hours: clinicHours},
}

// framePage returns /embed/1234-1 with a board.
func framePage(b wire.Board, dress ...func(*static.FramePage)) func(lang string) static.Page {
	return func(lang string) static.Page {
		seen := static.NewBoard(b, names())
		p := static.FramePage{
			Lang: lang, Show: "waiting message", Theme: "light", Board: &seen, At: "10:23", Address: clinicAddress, Hours: clinicHours,
		}
		for _, d := range dress {
			d(&p)
		}
		return p
	}
}

// framed returns a story of that page without a surrounding homepage.
func framed(name string, b wire.Board, dress func(*static.FramePage), change ...func(*Story)) Story {
	s := Story{
		Name: "frame-" + name, Page: framePage(b, dress), Frames: []wire.Frame{boardFrame(b)}, Answers: clinicProfile,
		Shows: "junban-board >>> [part=reception]",
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func frameStories() []Story {
	as := func(theme, accent string) func(*static.FramePage) {
		return func(p *static.FramePage) { p.Theme, p.Accent = theme, accent }
	}
	items := func(show string) func(*static.FramePage) { return func(p *static.FramePage) { p.Show = show } }
	wrong := func(why string) func(*static.FramePage) {
		return func(p *static.FramePage) { p.Board, p.Wrong = nil, why }
	}
	usual := as("light", "")
	said := func(s *Story) { s.Shows = ".warning" }
	plain := func(s *Story) { s.NoScript, s.Shows = true, ".at" }
	return []Story{
		framed("open", board(withMessage), usual),
		framed("all", board(withMessage), items("waiting message address hours"), func(s *Story) { s.Shows = "junban-board >>> [part=hours]" }),
		framed("address", board(), items("address hours"), func(s *Story) { s.Shows = "junban-board >>> [part=hours]" }),
		framed("unusual", board(unusual, resting), usual),
		framed("hidden", board(hidden), usual),
		framed("closed", board(onHoliday), usual, shows("junban-board >>> [part=daynote]")),
		framed("slot", board(bySlot), usual, shows("junban-board >>> [part=caution]")),
		framed("slot-uncalled", board(uncalled), usual),
		framed("slot-painted", board(bySlot), usual, plain),
		framed("dark", board(withMessage), as("dark", "")),
		framed("auto", board(withMessage), as("auto", "")),
		framed("accent", board(), as("light", "#8a3b12")),
		framed("stale", board(), usual, func(s *Story) { s.Lost, s.Shows = 3*time.Minute, "junban-board >>> [part=warning]" }),
		framed("painted", board(withMessage), items("waiting message address hours"), plain),
		framed("painted-dark", board(withMessage), as("dark", ""), plain),
		framed("painted-hidden", board(hidden), usual, plain),
		framed("unknown", board(), wrong("unknown"), said),
		framed("missing", board(), wrong("missing"), said),
		{
			Name: "frame-narrow", Foreign: &foreign{Service: medicine, Frame: 200}, Framed: framePage(board(withMessage)), Frames: []wire.Frame{boardFrame(board(withMessage))},
			Shows: "iframe",
		},
	}
}
