package main

import (
	"strings"

	"junban/api/wire"
)

func officeStories() []Story {
	view := func(name, shows string, change ...func(*Story)) Story {
		of, _, _ := strings.Cut(name, "-")
		s := desk(name, busy(), clicks(shows, `[data-view="`+of+`"]`))
		for _, c := range change {
			c(&s)
		}
		return s
	}
	wrong := func(errors ...wire.FieldError) wire.Problem {
		p := refusal(400, "field_invalid")
		p.Errors = errors
		return p
	}
	between := func(pointer string, value, most int) wire.FieldError {
		return wire.FieldError{Pointer: pointer, Code: "between", Params: map[string]any{"value": value, "least": 0, "most": most}}
	}
	const (
		service = "PUT /v1/services/1234-1/settings"
		seats   = "POST /v1/services/1234-1/settings/seats"
		clinic  = "PUT /v1/clinics/1234/settings"
		week    = "PUT /v1/clinics/1234/timetable"
		news    = `[data-notices="news"]`
		history = `[data-notices="history"]`
		figures = `[data-notices="figures"]`
		row24   = `[data-ticket="1234-1-261121-24"]`
	)

	bySlot := answers(map[string]any{"GET /v1/services/1234-1/settings": settingsBySlot(), seats: weekSeats()})
	changed := refusal(409, "settings_changed")
	none := wire.Timetable{Rev: "7"}
	some := timetable()
	some.Own = []string{children}
	return []Story{
		view("settings", ".settings form"),
		view("settings-saved", "", answers(map[string]any{service: settings()}), clicks(".settings .saved", ".settings .save button")),
		view("settings-conflict", "", answers(map[string]any{service: changed}), clicks("#conflict", ".settings .save button")),
		view("settings-wrong", "", answers(map[string]any{service: wrong(between("/capacity/few", 3, 2))}), clicks(".wrong", ".settings .save button")),
		view("settings-unsaved", "", types(".settings input[name=name]", "内科・循環器科"), clicks("#unsaved", `[data-settings="1234-2"]`)),
		view("settings-slots", `[data-preview="seats"] table`, bySlot),
		view("settings-slots-wrong", "", bySlot, answers(map[string]any{service: wrong(
			wire.FieldError{Pointer: "/slot/minutes", Code: "not_multiple", Params: map[string]any{"value": 31, "of": 5}},
			wire.FieldError{Pointer: "/slot/seats/1", Code: "same_slots"},
		)}), clicks(".wrong", ".settings .save button")),
		view("settings-slots-none", `[data-preview="seats"] p + p`, bySlot, answers(map[string]any{seats: wire.WeekSeats{Days: []wire.DaySeats{}, Web: new(0), Desk: new(0)}})),
		view("settings-mode-kept", "", answers(map[string]any{
			service: refusal(409, "bookings_affected"),
			"POST /v1/services/1234-1/settings/affected": wire.Affected{Tickets: []wire.StaffTicket{staffTicket(24, "", "waiting"), staffTicket(25, "", "waiting")}},
		}), clicks("#affected", ".settings .save button")),

		view("clinic", ".clinic form"),
		view("clinic-saved", "", answers(map[string]any{clinic: clinicSettings()}), clicks(".clinic .saved", ".clinic .save button")),
		view("clinic-conflict", "", answers(map[string]any{clinic: changed}), clicks(".clinic #conflict", ".clinic .save button")),
		view("clinic-wrong", "", answers(map[string]any{clinic: wrong(wire.FieldError{Pointer: "/rooms/1/name", Code: "missing"}, between("/retention/days", 4000, 3650))}),
			clicks(".clinic .wrong", ".clinic .save button")),
		view("clinic-room", "", clicks(`.clinic [data-room-settings="3"]`, `.clinic [data-add="rooms"]`)),

		view("timetable", ".timetable form"),
		view("timetable-none", ".timetable [data-begin]", answers(map[string]any{"GET /v1/clinics/1234/timetable": none})),
		view("timetable-own", ".timetable #own", answers(map[string]any{"GET /v1/clinics/1234/timetable": some})),
		view("timetable-follows", "", answers(map[string]any{"GET /v1/services/1234-1/timetable": none}),
			clicks(".timetable [data-begin]", `[data-timetable="1234-1"]`)),
		view("timetable-saved", "", answers(map[string]any{week: timetable()}), clicks(".timetable .saved", ".timetable .save button")),
		view("timetable-conflict", "", answers(map[string]any{week: changed}), clicks(".timetable #conflict", ".timetable .save button")),
		view("timetable-wrong", "", answers(map[string]any{week: wrong(
			wire.FieldError{Pointer: "/calendar/weekly/mon/1/consult", Code: "overlaps"},
			wire.FieldError{Pointer: "/calendar/exceptions/0/date", Code: "used_twice", Params: map[string]any{"value": "2026-12-30"}},
		)}),
			clicks(".timetable .wrong", ".timetable .save button")),

		view("notices", ".notices [data-title]"),
		view("notices-mail", "", types(`.notices [data-preview-of="channel"]`, "mail"), clicks(".notices [data-subject]")),
		view("notices-telling", ".notices [data-telling]", answers(map[string]any{"GET /v1/clinics/1234/settings": psychiatry()})),
		view("notices-saved", "", answers(map[string]any{clinic: clinicSettings()}), clicks(".notices .saved", ".notices .save button")),
		view("notices-wrong", "", answers(map[string]any{clinic: wrong(
			wire.FieldError{Pointer: "/notices/words/0/text", Code: "characters"}, wire.FieldError{Pointer: "/notices/quiet/until", Code: "no_quiet"},
			wire.FieldError{Pointer: "/notices/label", Code: "too_long", Params: map[string]any{"count": 31, "most": 30}},
		)}), clicks(".notices .wrong", ".notices .save button")),
		view("notices-news", "", clicks(".notices [data-news]", news)),
		view("notices-news-ask", "", answers(map[string]any{"POST /v1/clinics/1234/notices/preview": wire.NoticePreview{Title: "臨時休診・" + clinicName, Body: "12月5日は休診です。"}}), clicks("[data-news]", news), types(".news [name=title]", "臨時休診"), types(".news [name=body]", "12月5日は休診です。"), clicks("#send-news", ".news [data-send]")),
		view("notices-news-none", "", answers(map[string]any{"GET /v1/clinics/1234/notices/news": wire.OfficeNewsList{News: []wire.OfficeNews{}}}), clicks(".news .note", news)),
		view("notices-history", "", clicks("[data-notice]", history)),
		view("notices-history-none", "", answers(map[string]any{"GET /v1/clinics/1234/notices": wire.NoticeLog{Day: day, Notices: []wire.NoticeItem{}}}), clicks(".notice-history .note", history)),
		view("notices-figures", "", clicks(".notice-figures .sum", figures)),
		view("notices-nurse", "[data-notice]", nurse),

		view("screens", ".screens [data-screen]"),
		view("screens-none", ".screens form.add", answers(map[string]any{"GET /v1/clinics/1234/screens": wire.Screens{Screens: []wire.Screen{}}})),
		view("screens-change", "", clicks(".screens form.change", "[data-screen] [data-change]")),
		view("screens-drop", "", clicks(".screens [data-yes]", "[data-screen] [data-drop]")),
		view("screens-unknown", "", answers(map[string]any{"POST /v1/clinics/1234/screens": refusal(404, "pairing_unknown")}),
			types(".screens .add input[name=code]", "482913"), types(".screens .add input[name=name]", "待合室"), clicks("#problem", ".screens .add button")),

		view("accuracy", ".accuracy table"),
		view("accuracy-detail", "", clicks(".accuracy .part", ".accuracy [data-detail]")),
		view("accuracy-none", ".accuracy .note", answers(map[string]any{"GET /v1/clinics/1234/accuracy": wire.Accuracy{Sessions: []wire.SessionAccuracy{}}})),

		view("acts", ".journal tbody"),
		desk("acts-beside", calm(), answers(map[string]any{"GET /v1/clinics/1234/acts": actsOn(0)}),
			clicks(".journal [data-journal=all]", "[data-view=acts]", ".journal [data-journal=beside]")),
		view("acts-none", ".journal .note", answers(map[string]any{"GET /v1/clinics/1234/acts": wire.Acts{Day: day, Acts: []wire.Act{}}})),
		view("acts-failed", ".journal [role=alert]", answers(map[string]any{"GET /v1/clinics/1234/acts": refusal(503, "unavailable")}), hurried),
		desk("acts-ticket", calm(), answers(map[string]any{"GET /v1/clinics/1234/acts": actsOn(24)}),
			clicks(".journal [data-journal=all]", row24+" [data-more]", row24+" [data-act=acts]")),
		view("changes", ".changes li"),
		view("changes-none", ".changes p", answers(map[string]any{"GET /v1/clinics/1234/changes": wire.Changes{Changes: []wire.Change{}}})),

		view("users", "[data-login]"),
		view("users-remove", "", clicks("[data-yes]", `[data-user="uketsuke"] [data-ask="remove"]`)),
		view("users-made", "", answers(map[string]any{"PUT /v1/clinics/1234/users/uketsuke/password": wire.PasswordSet{Password: "kame-7h2q-umi-94"}}),
			clicks("#made", `[data-user="uketsuke"] [data-ask="password"]`, "[data-yes]")),
		view("users-added", "", answers(map[string]any{"POST /v1/clinics/1234/users": wire.UserAdded{User: wire.User{Name: "kangoshi", Role: "desk"}, Password: "hana-3kd8-yama-51"}}),
			types(".users .add input[name=name]", "kangoshi"), clicks("#made", ".users .add button")),
		view("users-refused", "", answers(map[string]any{"PUT /v1/password": refusal(403, "password_wrong")}),
			types(".users .own input[name=old]", "not this one"), types(".users .own input[name=new]", "a long password"), clicks("#problem", ".users .own button")),
		view("users-nurse", "#only-admin", nurse),
	}
}
