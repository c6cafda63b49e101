package main

import (
	"junban/api/wire"
	"junban/static"
)

// desk is the desk's page after the login.
func desk(name string, s wire.Staff, change ...func(*Story)) Story {
	story := Story{
		Name: "staff-" + name, Frames: []wire.Frame{staffFrame(s)}, Shows: ".service",
		Page: func(lang string) static.Page { return static.StaffPage{Lang: lang} },
		Answers: map[string]any{
			"GET /v1/session":                        session(),
			"GET /v1/services/1234-1/settings":       settings(),
			"GET /v1/services/1234-2/settings":       settings(),
			"GET /v1/clinics/1234/timetable":         timetable(),
			"GET /v1/clinics/1234/changes":           changes(),
			"GET /v1/clinics/1234/accuracy":          accuracy(),
			"POST /v1/services/1234-1/walkins":       wire.Issued{Ticket: ticket(), Token: ownToken},
			"POST /v1/tickets/1234-1-261121-23/undo": refusal(409, "state_forbids"),
		},
	}
	for _, c := range change {
		c(&story)
	}
	return story
}

func clicks(shows string, selectors ...string) func(*Story) {
	return func(s *Story) { s.Clicks, s.Shows = selectors, shows }
}

func deskStories() []Story {
	login := func(name string, change ...func(*Story)) Story {
		s := desk(name, busy(), change...)
		s.Answers["GET /v1/session"] = refusal(401, "session_required")
		return s
	}
	return []Story{
		login("login", func(s *Story) { s.Shows = ".login button:not(:disabled)" }),
		login("login-failed", func(s *Story) {
			s.Answers["POST /v1/login"] = refusal(401, "login_failed")
			s.Type = map[string]string{"input[name=clinic]": "1234", "input[name=user]": "uketsuke", "input[name=password]": "wrong"}
			s.Clicks, s.Shows = []string{".login button[type=submit]"}, "#problem"
		}),
		desk("busy", busy()),
		desk("early", early()),
		desk("more", busy(), clicks(".ticket .ask", `[data-ticket="1234-1-261121-24"] [data-more]`)),
		desk("call-out", busy(), clicks(".ticket .ask", `[data-ticket="1234-1-261121-25"] [data-act="call"]`)),
		desk("cancel", busy(), clicks(".ticket .danger", `[data-ticket="1234-1-261121-24"] [data-more]`, `[data-ticket="1234-1-261121-24"] [data-act="cancel"]`)),
		desk("move", busy(), clicks(".ticket form.ask", `[data-ticket="1234-1-261121-24"] [data-more]`, `[data-ticket="1234-1-261121-24"] [data-act="move"]`)),
		desk("rest", busy(), clicks(".room .ask", `[data-room-card="1"] [data-rest]`)),
		desk("issued", busy(), clicks(".walkin .note", ".walkin button[type=submit]")),
		desk("over", busy(), func(s *Story) {
			s.Answers["POST /v1/services/1234-1/walkins"] = refusal(409, "desk_quota_full")
			clicks(".walkin .ask", ".walkin button[type=submit]")(s)
		}),
		desk("trouble", busy(), clicks("#problem", `[data-ticket="1234-1-261121-23"] [data-act="undo"]`)),
		desk("doubted", busy(), doubted),
		desk("offline", busy(), offline),
	}
}

func officeStories() []Story {
	view := func(name, shows string) Story {
		return desk(name, busy(), clicks(shows, `[data-view="`+name+`"]`))
	}
	return []Story{
		view("settings", ".settings form"),
		view("timetable", ".timetable form"),
		view("accuracy", ".accuracy table"),
		view("changes", ".changes li"),
		desk("settings-conflict", busy(), func(s *Story) {
			s.Answers["PUT /v1/services/1234-1/settings"] = refusal(409, "settings_changed")
			clicks("#conflict", `[data-view="settings"]`, ".settings .save button")(s)
		}),
		desk("settings-wrong", busy(), func(s *Story) {
			p := refusal(422, "field_invalid")
			p.Detail = "capacity.few: 3 is not between 0 and 2"
			s.Answers["PUT /v1/services/1234-1/settings"] = p
			clicks(".wrong", `[data-view="settings"]`, ".settings .save button")(s)
		}),
	}
}
