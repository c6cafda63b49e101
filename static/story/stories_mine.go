package main

import (
	"net/http"

	"junban/api/wire"
	"junban/static"
)

// mine returns a story of the list of a device's tickets.
func mine(name, shows string, tickets []wire.Ticket, change ...func(*Story)) Story {
	s := Story{
		Name: "tickets-" + name, Shows: shows, Storage: device(tickets...), Answers: map[string]any{},
		Page: func(lang string) static.Page { return static.TicketsPage{Lang: lang, Day: day} },
	}
	for _, t := range tickets {
		s.Frames = append(s.Frames, ticketFrame(t))
		s.Answers["GET /v1/tickets/"+t.ID] = wire.TicketAnswer{Ticket: t}
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func mineStories() []Story {
	const all = ".cards li:last-child .todo"
	one := []wire.Ticket{ticket(comeAt)}
	family := []wire.Ticket{ticket(comeAt), child(8, called), child(9, laterOn)}
	slots := []wire.Ticket{ticket(arrivedSlot), child(8, bookedSlot), child(9, ofTuesday), child(10, bookedSlot, ended("cancelled", ""))}
	return []Story{
		mine("none", "#none", nil),
		mine("one", ".cards .position", one),
		mine("three", all, family),
		mine("slots", all, slots),
		mine("moved", all, []wire.Ticket{ticket(bookedSlot, ended("cancelled", "moved"), leadsOn)}, leads),
		mine("over", ".cards .todo", []wire.Ticket{ticket(ended("done", ""))}),
		mine("kept", ".cards .age", family, keptPage, func(s *Story) { s.Shows = ".cards .age" }),
		mine("checking", all, one, func(s *Story) {
			s.Line, s.Frames = Dead, nil
			s.Answers["GET /v1/tickets/"+ownID] = refusal(http.StatusServiceUnavailable, "unavailable")
		}),
		mine("no-script", ".asof", nil, noScript, func(s *Story) { s.Shows = ".asof" }),
		mine("three-easy", all, family, in("ja-x-easy")),
	}
}
