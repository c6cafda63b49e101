package main

import (
	"junban/api/wire"
	"junban/static"
)

func otherStories() []Story {
	index := func(clinics ...static.IndexClinic) func(string) static.Page {
		return func(lang string) static.Page { return static.IndexPage{Lang: lang, Clinics: clinics, Total: len(clinics), Page: 1, Pages: 1} }
	}
	two := []static.IndexClinic{
		{Clinic: clinicNumber, Name: clinicName, Area: "港区", Departments: []string{"内科", "小児科"}},
		{Clinic: "2001", Name: "みなと内科クリニック", Area: "港区", Departments: []string{"内科"}},
	}
	trouble := func(code string) Story {
		return Story{Name: "error-" + code, Shows: "main", Page: func(lang string) static.Page {
			return static.ErrorPage{Lang: lang, Code: map[string]string{"unknown": "clinic_unknown", "passing": "unavailable"}[code]}
		}}
	}
	arrive := func(name, shows string, change ...func(*wire.Ticket)) Story {
		return Story{
			Name: "arrive-" + name, Shows: shows,
			Page: func(lang string) static.Page {
				return static.ArrivePage{Lang: lang, Name: clinicName, Day: day, Names: names()}
			},
			Storage: map[string]any{"junban.ticket." + medicine: map[string]string{"id": ownID, "token": ownToken}},
			Answers: map[string]any{
				"GET /v1/tickets/" + ownID:              wire.TicketAnswer{Ticket: ticket(change...)},
				"POST /v1/tickets/" + ownID + "/arrive": wire.TicketAnswer{Ticket: ticket(next)},
			},
		}
	}
	none := arrive("none", "#none")
	none.Storage = nil
	told := arrive("told", "#done")
	told.Clicks = []string{"#arrive:not(:disabled)"}
	return []Story{
		{Name: "index-two", Page: index(two...), Shows: ".clinics"},
		{Name: "index-none", Page: index(), Shows: "main"},
		trouble("unknown"), trouble("passing"),
		none, arrive("kept", "#arrive:not(:disabled)"), told, arrive("over", ".kept .number", ended("done", "")),
	}
}
