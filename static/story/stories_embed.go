package main

import (
	"time"

	"junban/api/wire"
)

// foreign is a partner's homepage with the element, or with an iframe of a
// width in px. Hostile adds a style sheet that affects every element of the
// page.
type foreign struct {
	Lang    string
	Service string
	Frame   int
	Hostile bool
}

// homepage returns a story of the element on a homepage.
func homepage(name string, b wire.Board, change ...func(*Story)) Story {
	s := Story{Name: "embed-" + name, Frames: []wire.Frame{boardFrame(b)}, Shows: "junban-board >>> [part=reception]", Foreign: &foreign{Service: medicine}}
	for _, c := range change {
		c(&s)
	}
	return s
}

// shows waits for another element than a story's usual one.
func shows(selector string) func(*Story) { return func(s *Story) { s.Shows = selector } }

func embedStories() []Story {
	const warning = "junban-board >>> [part=warning]"
	return []Story{
		homepage("open", board()),
		homepage("few", board(few, withMessage)),
		homepage("full", board(full)),
		homepage("before", board(before)),
		homepage("paused", board(paused)),
		homepage("stopped", board(stopped("paused", "doctor")), shows("junban-board >>> [part=reason]")),
		homepage("holiday", board(onHoliday), shows("junban-board >>> [part=daynote]")),
		homepage("closed", board(closed)),
		homepage("unusual", board(unusual, resting)),
		homepage("hidden", board(hidden)),
		homepage("slot", board(bySlot), shows("junban-board >>> [part=caution]")),
		homepage("slot-uncalled", board(uncalled)),
		homepage("slot-hidden", board(bySlot, slotsHidden)),
		homepage("slot-stale", board(bySlot), func(s *Story) { s.Lost, s.Shows = 3*time.Minute, "junban-board >>> [part=caution] ~ [part=warning]" }),
		homepage("connecting", board(), func(s *Story) { s.Line = Dead; s.Shows = warning }),
		homepage("doubted", board(), func(s *Story) { s.Line = Stale; s.Shows = warning }),
		homepage("stale", board(), func(s *Story) { s.Lost, s.Shows = 3*time.Minute, warning }),
		homepage("unknown", board(), func(s *Story) { s.Foreign.Service, s.Shows = "", warning }),
		homepage("hostile", board(withMessage), func(s *Story) { s.Foreign.Hostile = true }),
	}
}
