package main

import (
	"junban/api/wire"
	"junban/static"
)

func otherStories() []Story {
	trouble := func(code string) Story {
		return Story{Name: "error-" + code, Shows: "main", Page: func(lang string) static.Page {
			return static.ErrorPage{Lang: lang, Code: map[string]string{"unknown": "clinic_unknown", "passing": "unavailable", "other": "said_by_nobody"}[code]}
		}}
	}
	arrive := func(name, shows string, change ...func(*wire.Ticket)) Story {
		return Story{
			Name: "arrive-" + name, Shows: shows,
			Page: func(lang string) static.Page {
				return static.ArrivePage{Lang: lang, Name: clinicName, Day: day, Names: names()}
			},
			Storage: device(ticket(change...)),
			Answers: map[string]any{"GET /v1/tickets/" + ownID: wire.TicketAnswer{Ticket: ticket(change...)}},
		}
	}
	sending := func(s Story, answer any, shows string) Story {
		s.Answers["POST /v1/tickets/"+ownID+"/arrive"] = answer
		s.Steps, s.Shows = click("#arrive:not(:disabled)"), shows
		return s
	}
	none := arrive("none", "#none")
	none.Storage = nil
	unread := arrive("unread", ".kept .problem")
	unread.Answers["GET /v1/tickets/"+ownID] = refusal(404, "not_found")
	booking := arrive("booking", "#arrive:not(:disabled)", bookedSlot)
	family := arrive("family", ".kept li:last-child .is", arrivedSlot)
	relatives := []wire.Ticket{ticket(arrivedSlot), child(8, bookedSlot), child(9, ofTuesday), child(10, bookedSlot, dayClosed), child(11, bookedSlot, ended("cancelled", "clinic"))}
	family.Storage = device(relatives...)
	for _, t := range relatives {
		family.Answers["GET /v1/tickets/"+t.ID] = wire.TicketAnswer{Ticket: t}
	}
	early := arrive("early", "", bookedSlot)
	tooEarly := refusal(409, "too_early")
	tooEarly.OpensAt = until(10, 30)
	otherDay := arrive("other-day", ".kept .is", ofTuesday)
	moved := arrive("moved", ".kept .is", bookedSlot)
	leads(&moved)
	return []Story{
		booking, family, otherDay, moved, sending(early, tooEarly, ".kept .problem"),
		sending(arrive("booked-told", "", bookedSlot), wire.TicketAnswer{Ticket: ticket(arrivedSlot)}, "#done"),
		trouble("unknown"), trouble("passing"), trouble("other"),
		none, arrive("kept", "#arrive:not(:disabled)"), arrive("here", ".here", next), arrive("over", ".kept .number", ended("done", "")),
		sending(arrive("told", ""), wire.TicketAnswer{Ticket: ticket(next)}, "#done"),
		sending(arrive("refused", ""), refusal(409, "state_forbids"), ".kept .problem"),
		unread,
		{Name: "unfollow-ask", Shows: "#unfollow", Page: func(lang string) static.Page {
			return static.UnfollowPage{Lang: lang, Clinic: clinicName, Token: "1234-a-b"}
		}},
		{Name: "unfollow-done", Shows: "#stopped", Page: func(lang string) static.Page {
			return static.UnfollowPage{Lang: lang, Clinic: clinicName, Done: true}
		}},
		{Name: "inbox-empty", Shows: "#none", Page: func(lang string) static.Page { return static.InboxPage{Lang: lang} }},
		{Name: "sheet-entrance", Shows: "#code", Page: func(lang string) static.Page {
			return static.SheetPage{Lang: lang, Name: clinicName, URL: "https://junban.example/in/" + clinicNumber}
		}},
	}
}
