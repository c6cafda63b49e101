package main

import (
	"time"

	"junban/api/wire"
	"junban/static"
)

// patient returns a story of the patient's page with a board.
func patient(name string, b wire.Board, change ...func(*Story)) Story {
	s := Story{
		Name: "patient-" + name, Frames: []wire.Frame{boardFrame(b)}, Shows: ".link.live",
		Page: func(lang string) static.Page {
			return static.PatientPage{
				Lang: lang, Clinic: clinicName, Number: clinicNumber, Board: static.NewBoard(b, names()), At: "10:23", MaxParty: 4, FirstVisit: "button", Phone: clinicPhone, Names: names(), Initial: boardFrame(b),
			}
		},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// owner returns a story of the page of a patient with a ticket.
func owner(name string, t wire.Ticket, change ...func(*Story)) Story {
	s := patient(name, board())
	s.Frames, s.Fragment, s.Shows = append(s.Frames, ticketFrame(t)), ownLink, ".mine"
	s.Answers = map[string]any{"GET /v1/tickets/" + ownID: wire.TicketAnswer{Ticket: t}}
	for _, c := range change {
		c(&s)
	}
	return s
}

// whyNot makes a ticket one that its owner cannot cancel.
func whyNot(code string) func(*wire.Ticket) {
	return func(t *wire.Ticket) { t.Cancellable, t.WhyNot = false, code }
}

// cut loses the connection some minutes ago; offline also the network; doubted
// makes the state stale.
func cut(s *Story)     { s.Lost, s.Shows = 3*time.Minute, ".link.stale .age" }
func offline(s *Story) { cut(s); s.Offline, s.Shows = true, ".link.offline .age" }
func doubted(s *Story) { s.Line, s.Shows = Stale, ".link.stale" }

// keptPage shows the cached page without a network.
func keptPage(s *Story) {
	s.Kept, s.Offline, s.Shows = 25*time.Minute, true, ".link.offline .age"
}

// in shows the story in one language only.
func in(lang string) func(*Story) { return func(s *Story) { s.Lang = lang } }

func noScript(s *Story) { s.NoScript, s.Shows = true, ".board" }

// asking changes the settings of the patient's page.
func asking(change func(*static.PatientPage)) func(*Story) {
	return func(s *Story) {
		page := s.Page
		s.Page = func(lang string) static.Page {
			p := page(lang).(static.PatientPage)
			change(&p)
			return p
		}
	}
}

// booking makes the service issue numbers for future days.
func booking(numbers, shows string, selectors ...string) func(*Story) {
	return func(s *Story) {
		asking(func(p *static.PatientPage) { p.Booking = true })(s)
		s.Answers = map[string]any{"GET /v1/services/" + medicine + "/days": days(numbers)}
		s.Steps, s.Shows = click(selectors...), shows
	}
}

func patientStories() []Story {
	return []Story{
		patient("open", board()),
		patient("few", board(few, withMessage)),
		patient("full", board(full)),
		patient("before", board(before), func(s *Story) { s.Shows = ".left" }),
		patient("paused", board(paused)),
		patient("closed", board(closed)),
		patient("unusual", board(unusual)),
		patient("resting", board(resting)),
		patient("hidden", board(hidden)),
		patient("stopped", board(stopped("paused", "urgent"))),
		patient("stopped-words", board(stopped("closed", "院長が往診に出ています。午後は通常どおりです。"))),
		patient("holiday", board(onHoliday)),
		patient("guests", board(visited)),
		patient("first-full", board(firstFull), func(s *Story) { s.Shows = "#first-full .phone" }),
		patient("asking", board(), asking(func(p *static.PatientPage) { p.Kinds, p.Identify, p.MaxParty = kinds(), true, 1 }), func(s *Story) { s.Shows = "#identify" }),
		patient("days", board(), booking("now", "input[name=later]")),
		patient("days-later", board(), booking("now", "select[name=day]", "input[name=later][value='1']")),
		patient("days-first", board(), booking("now", "select[name=day]", "input[name=later][value='1']", "[data-first]")),
		patient("days-opening", board(closed, empty), booking("opening", "select[name=day]")),
		patient("connecting", board(), func(s *Story) { s.Line, s.Shows = Dead, ".link.connecting" }),
		patient("stale", board(), cut),
		patient("doubted", board(), doubted),
		patient("offline", board(), offline),
		patient("no-script", board(withMessage, unusual, resting), noScript),
		patient("refused", board(few), func(s *Story) {
			s.Answers = map[string]any{"POST /v1/services/" + medicine + "/tickets": refusal(409, "quota_full")}
			s.Steps, s.Shows = click(".take button[type=submit]"), "#problem .phone"
		}),
		patient("unsure", board(), func(s *Story) {
			s.Answers = map[string]any{"POST /v1/services/" + medicine + "/tickets": refusal(503, "unavailable")}
			s.Hurried, s.Steps, s.Shows = true, click(".take button[type=submit]"), "section.take button:not(:disabled)"
		}),
		patient("first", board(), clicks(`[data-first]:not(:disabled)`, "[data-first]")),
		patient("first-desk", board(), asking(func(p *static.PatientPage) { p.FirstVisit = "desk" }), func(s *Story) { s.Shows = "#first-desk .phone" }),
		patient("card", board(), asking(func(p *static.PatientPage) { p.Card = static.Card{Least: 4, Most: 6} }), func(s *Story) { s.Shows = "input[pattern]" }),
		patient("wordless", board(withMessage), func(s *Story) { s.Wordless, s.Shows = true, "#wordless:not([hidden])" }),
		patient("kept", board(withMessage), keptPage),
		patient("vi", board(few, withMessage, resting), in("vi")),
	}
}

func ticketStories() []Story {
	rule := func(name string, r wire.Absence) Story { return owner("absent-"+name, ticket(absent, under(r))) }
	return []Story{
		owner("far", ticket()),
		owner("family", ticket(family, out)),
		owner("near", ticket(near)),
		owner("next", ticket(next)),
		owner("called", ticket(called)),
		owner("called-again", ticket(again)),
		owner("in-service", ticket(inService)),
		rule("back", wire.Absence{Rule: "back_n", Back: 3, ThenTail: true, MaxCalls: 3, Cooldown: 5, Tolerance: 2}),
		rule("tail", wire.Absence{Rule: "tail", MaxCalls: 3}),
		rule("park", wire.Absence{Rule: "park_until_return", Back: 2}),
		rule("keep", wire.Absence{Rule: "back_to_waiting", Cooldown: 10}),
		rule("terminal", wire.Absence{Rule: "terminal"}),
		owner("returned", ticket(back)),
		owner("held", ticket(held)),
		owner("exam", ticket(exam)),
		owner("moved", ticket(moved)),
		owner("transferred", ticket(transferred)),
		owner("done", ticket(ended("done", ""))),
		owner("cancelled", ticket(ended("cancelled", ""))),
		owner("no-show", ticket(ended("no_show", "calls"))),
		owner("day-over", ticket(ended("no_show", "day_end"), dayOver)),
		owner("day-over-open", ticket(dayOver)),
		owner("lost", ticket(recordLost), func(s *Story) { s.Storage, s.Shows = device(ticket(recordLost)), "#code" }),
		owner("cancelling", ticket(), func(s *Story) {
			s.Storage = device(ticket())
			s.Steps, s.Shows = click("#cancel"), "form.cancel"
		}),
		owner("booked", ticket(laterOn)),
		owner("booked-opening", ticket(unnumbered)),
		owner("early", ticket(beforeStart)),
		owner("closed-day", ticket(dayClosed)),
		owner("shorter-day", ticket(dayShort)),
		owner("never-came", ticket(neverCame)),
		owner("too-late", ticket(whyNot("cancel_too_late")), func(s *Story) { s.Shows = "#too-late" }),
		owner("no-web-cancel", ticket(whyNot("not_cancellable")), func(s *Story) { s.Shows = "#too-late" }),
		owner("cancel-until", ticket(func(t *wire.Ticket) { t.CancelUntil = until(12, 0) }), func(s *Story) { s.Shows = "#cancel-until" }),
		patient("forgotten", board(), func(s *Story) { s.Fragment, s.Shows = ownLink, "#problem" }),
		owner("ticket-offline", ticket(), offline),
		owner("ticket-kept", ticket(), keptPage, func(s *Story) { s.Fragment, s.Storage = "", device(ticket()) }),
		owner("progress", ticket(comeAt), func(s *Story) { s.Storage, s.Shows = device(ticket()), "#come-at" }),
		owner("three", ticket(), func(s *Story) {
			others := []wire.Ticket{child(8, near), child(9, called)}
			s.Frames = append(s.Frames, ticketFrame(others[0]), ticketFrame(others[1]))
			for _, t := range others {
				s.Answers["GET /v1/tickets/"+t.ID] = wire.TicketAnswer{Ticket: t}
			}
			s.Storage, s.Shows = device(ticket(), others[0], others[1]), ".others li:nth-child(2) .todo"
		}),
		owner("another", ticket(), clicks("form.take", "#another")),
		owner("share", ticket(), clicks(".share svg path", ".share summary"), func(s *Story) {
			size, path, err := static.Code("https://junban.example/s/1234-1" + ownLink)
			if err != nil {
				panic(err) // a short text always fits into a code
			}
			s.Answers["GET /v1/tickets/"+ownID+"/code"] = wire.QRCode{Size: size, Path: path}
		}),
		owner("far-vi", ticket(comeAt), in("vi")),
		owner("called-easy", ticket(called), in("ja-x-easy")),
	}
}
