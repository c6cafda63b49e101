package main

import (
	"maps"

	"junban/api/wire"
	"junban/static"
)

// desk returns a story of the desk after an admin's login.
func desk(name string, s wire.Staff, change ...func(*Story)) Story {
	story := Story{
		Name: "staff-" + name, Frames: []wire.Frame{staffFrame(s)}, Shows: ".service",
		Page: func(lang string) static.Page { return static.StaffPage{Lang: lang} },
		Answers: map[string]any{
			"GET /v1/session":                  session(),
			"GET /v1/services/1234-1/settings": settings(),
			"GET /v1/services/1234-2/settings": settings(),
			"GET /v1/services/1234-1/days":     days("now"),
			"GET /v1/clinics/1234/settings":    clinicSettings(),
			"GET /v1/clinics/1234/timetable":   timetable(),
			"GET /v1/clinics/1234/changes":     changes(),
			"GET /v1/clinics/1234/acts":        acts(),
			"GET /v1/clinics/1234/accuracy":    accuracy(),
			"GET /v1/clinics/1234/users":       users(),
			"GET /v1/clinics/1234/sessions":    deskSessions(),
			"GET /v1/clinics/1234/bookings":    bookings(),
			"GET /v1/clinics/1234/missing":     wire.MissingBookings{Tickets: []wire.StaffTicket{}},
			"GET /v1/clinics/1234/screens":     screens(),

			"GET /v1/clinics/1234/notices":          noticeLog(),
			"GET /v1/clinics/1234/notices/summary":  noticeSummary(),
			"GET /v1/clinics/1234/notices/news":     officeNews(),
			"POST /v1/clinics/1234/notices/preview": noticePreview(),
		},
	}
	for _, c := range change {
		c(&story)
	}
	return story
}

// clicks adds clicks, after which the story is ready when shows exists.
func clicks(shows string, selectors ...string) func(*Story) {
	return func(s *Story) { s.Steps, s.Shows = append(s.Steps, click(selectors...)...), shows }
}

// types adds typed text.
func types(at, text string) func(*Story) {
	return func(s *Story) { s.Steps = append(s.Steps, step{At: at, Type: text}) }
}

// answers adds responses to the story's requests.
func answers(all map[string]any) func(*Story) {
	return func(s *Story) { maps.Copy(s.Answers, all) }
}

// hurried shortens the retries of the page to a single attempt.
func hurried(s *Story) { s.Hurried = true }

func deskStories() []Story {
	login := func(name string, change ...func(*Story)) Story {
		s := desk(name, calm(), answers(map[string]any{"GET /v1/session": refusal(401, "session_required")}))
		for _, c := range change {
			c(&s)
		}
		return s
	}
	const walkins = "POST /v1/services/1234-1/walkins"
	issued := func(t wire.Ticket, over bool) func(*Story) {
		return answers(map[string]any{walkins: wire.Issued{Ticket: t, Token: ownToken, Over: over}})
	}
	const send = ".walkin button[type=submit]"
	more := func(number string) string { return `[data-ticket="1234-1-261121-` + number + `"] [data-more]` }
	act := func(number, name string) string {
		return `[data-ticket="1234-1-261121-` + number + `"] [data-act="` + name + `"]`
	}
	return []Story{
		login("login", func(s *Story) { s.Shows = ".login button:not(:disabled)" }),
		login("login-failed", answers(map[string]any{"POST /v1/login": refusal(401, "login_failed")}),
			types("input[name=clinic]", "1234"), types("input[name=user]", "uketsuke"), types("input[name=password]", "wrong"),
			clicks("#problem", ".login button[type=submit]")),
		login("expired", answers(map[string]any{"GET /v1/session": session(), "PUT /v1/services/1234-1/reception": refusal(401, "session_required")}),
			clicks(".login", `[data-reception="paused"]`)),
		desk("loading", calm(), func(s *Story) { s.Frames, s.Shows = nil, "main p" }),
		desk("busy", busy()),
		desk("large", large()),
		desk("early", early()),
		desk("stopped", halted()),
		desk("nurse", calm(), nurse),
		desk("more", calm(), clicks(".ticket .ask", more("24"))),
		desk("more-called", calm(), clicks(".ticket .ask", more("23"))),
		desk("call-out", calm(), clicks(".ticket .ask", act("25", "call"))),
		desk("cancel", calm(), clicks(".ticket .danger", more("24"), act("24", "cancel"))),
		desk("no-show", calm(), clicks(".ticket .danger", more("19"), act("19", "no_show"))),
		desk("move", calm(), clicks(".ticket form.ask", more("24"), act("24", "move"))),
		desk("transfer", busy(), clicks(`[data-act="transfer-no"]`, more("24"), act("24", "transfer"))),
		desk("rest", calm(), clicks(".room .ask", `[data-room-card="1"] [data-rest]`)),
		desk("issued", calm(), issued(ticket(), false), clicks(".walkin .note", send)),
		desk("issued-over", calm(), issued(ticket(), true), clicks(".walkin .note", send)),
		desk("issued-later", calm(), issued(ticket(laterOn), false), clicks(".walkin .note", send)),
		desk("later", calm(), clicks(".walkin select[name=day]", ".walkin input[name=later]")),
		desk("special", calm(), clicks(".walkin details[open] input[name=number]", ".walkin summary")),
		desk("over", calm(), answers(map[string]any{walkins: refusal(409, "desk_quota_full")}), clicks(".walkin .ask", send)),
		desk("bookings", calm(), clicks(".bookings li", "[data-bookings]")),
		desk("affected", shortened(), answers(map[string]any{"GET /v1/clinics/1234/bookings": affected()}),
			clicks(`.affected [data-act="cancel-yes"]`, `.affected [data-booking="1234-1-261124-1"] [data-act="cancel"]`)),
		desk("missing", calm(), answers(map[string]any{"GET /v1/clinics/1234/missing": missing()}), shows("#missing li")),
		desk("register-down", calm(), answers(map[string]any{"GET /v1/clinics/1234/missing": refusal(503, "register_unavailable")}), hurried, shows("#register-down")),
		desk("bookings-flooded", calm(), answers(map[string]any{
			"GET /v1/clinics/1234/bookings": floodedBookings(),
			"GET /v1/clinics/1234/marks/k3f9a2x7": wire.Marked{
				Mark: "k3f9a2x7", Day: "2026-11-24", Until: *until(11, 0), Tickets: floodedBookings().Tickets[:2],
			},
		}), clicks(".bookings .marks li", "[data-bookings]", `.bookings [data-mark="k3f9a2x7"] [data-look]`)),
		desk("bookings-none", calm(), answers(map[string]any{"GET /v1/clinics/1234/bookings": wire.Bookings{Tickets: []wire.StaffTicket{}, Marks: []wire.Mark{}}}),
			clicks(".bookings p", "[data-bookings]")),
		desk("bookings-rebook", calm(), clicks(".change select[name=day]", "[data-bookings]", `.bookings [data-act="rebook"]`)),
		desk("bookings-edit", calm(), clicks(".change input[name=kana]", "[data-bookings]", `.bookings [data-act="edit"]`)),
		desk("bookings-cancel", calm(), clicks(".bookings .danger", "[data-bookings]", `.bookings [data-act="cancel"]`)),
		desk("bookings-cancelled", calm(), answers(map[string]any{"POST /v1/tickets/1234-1-261124-1/cancel": wire.TicketAnswer{Ticket: ticket(laterOn)}}),
			clicks(".bookings .cancelled", "[data-bookings]", `.bookings [data-act="cancel"]`, `.bookings [data-act="cancel-yes"]`)),
		desk("trouble", calm(), answers(map[string]any{"POST /v1/tickets/1234-1-261121-23/undo": refusal(409, "state_forbids")}),
			clicks("#problem", act("23", "undo"))),
		desk("flooded", flooded(), answers(map[string]any{"GET /v1/clinics/1234/marks/k3f9a2x7": wire.Marked{
			Mark: "k3f9a2x7", Until: *until(11, 0), Tickets: flooded().Services[0].Tickets,
		}}), clicks(".marks li", `[data-mark="k3f9a2x7"] [data-look]`)),
		desk("lost", failedOver()),
		desk("doubted", calm(), doubted),
		desk("offline", busy(), offline),
	}
}

// nurse makes the user one without the admin role.
func nurse(s *Story) {
	who := session()
	who.User, who.Role = "uketsuke", "desk"
	own := deskSessions()
	own.Logins = own.Logins[1:2]
	own.Logins[0].Own = true
	answers(map[string]any{
		"GET /v1/session":               who,
		"GET /v1/clinics/1234/users":    refusal(403, "admin_required"),
		"GET /v1/clinics/1234/sessions": own,
	})(s)
}
