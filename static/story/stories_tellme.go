package main

import (
	"junban/api/wire"
	"junban/static"
)

// wants is the state of a ticket's notices while its owner wants none.
func wants(change ...func(*wire.Wants)) wire.Wants {
	w := wire.Wants{
		Channels: []string{"push", "mail"}, Kinds: []string{"call", "changed", "approach", "missed", "delay", "confirm", "reminder"},
		Travel: 20, Travels: []int{0, 10, 20, 30, 45, 60}, Ahead: 5, Sender: clinicName, News: true, Tag: "0a1b2c", Wants: []wire.Want{}, Notices: []wire.TicketNotice{},
	}
	for _, c := range change {
		c(&w)
	}
	return w
}

// wanted is a want of the phone and, where that fails, of a mail address.
func wanted(w *wire.Wants) {
	minutes := 25
	next := &wire.NextNotice{Ahead: 5, Minutes: &minutes}
	w.Wants = []wire.Want{
		{ID: "a", Channel: "push", Address: "…x9Qz", Travel: 20, Ahead: 5, Kinds: w.Kinds, Language: "ja", Next: next},
		{ID: "b", Channel: "mail", Address: "…12@…", Travel: 20, Ahead: 5, Kinds: w.Kinds, Language: "ja", Next: next},
	}
}

// notified has notices in each state.
func notified(w *wire.Wants) {
	wanted(w)
	for i := range w.Wants {
		w.Wants[i].Next = nil
	}
	at := func(hour, minute int) *wire.Time { return until(hour, minute) }
	w.Notices = []wire.TicketNotice{
		{Kind: "call", Channel: "push", State: "due", Due: *at(10, 23)},
		{Kind: "approach", Channel: "push", State: "shown", Due: *at(10, 21), SentAt: at(10, 21), ShownAt: at(10, 21)},
		{Kind: "changed", Stage: "back", Channel: "mail", State: "uncertain", Due: *at(10, 12)},
		{Kind: "delay", Channel: "push", State: "dead", Due: *at(10, 5), Why: "410"},
		{Kind: "confirm", Channel: "mail", State: "sent", Due: *at(9, 50), SentAt: at(9, 50)},
	}
}

// hindered has a want that nothing is sent through for each reason, and a notice that one stopped.
func hindered(w *wire.Wants) {
	wanted(w)
	for i, why := range []string{"off", "suppressed"} {
		w.Wants[i].Next, w.Wants[i].Problem = nil, why
	}
	w.Wants = append(w.Wants, wire.Want{ID: "c", Channel: "mail", Address: "…ko@…", Travel: 20, Ahead: 5, Kinds: w.Kinds, Language: "ja", Problem: "cap"})
	w.Notices = []wire.TicketNotice{
		{Kind: "approach", Channel: "mail", State: "void", Due: *until(10, 21), Why: "suppressed"},
		{Kind: "confirm", Channel: "mail", State: "sent", Due: *until(9, 50), SentAt: until(9, 50)},
	}
}

func tellmeStories() []Story {
	tell := func(name, push, shows string, w wire.Wants, steps ...step) Story {
		return owner("tellme-"+name, ticket(), func(s *Story) {
			asking(func(p *static.PatientPage) { p.Notices = true })(s)
			s.Answers["GET /v1/tickets/"+ownID+"/wants"] = w
			s.Answers["GET /v1/push/key"] = wire.PushKey{Key: "AAAA"}
			s.Push, s.Steps, s.Shows = push, steps, shows
		})
	}
	open := step{At: "#tell-me"}
	push, mail := step{At: "input[value=push]"}, step{At: "input[value=mail]"}
	typed := []step{open, mail, {At: ".prove input[type=email]", Type: "hanako12@example.jp"}, {At: "#send-code"}}
	proof := wire.Proof{Proof: "1234-abc", Until: *until(10, 33), From: "mail.junban.example"}
	answering := func(s Story, call string, answer any) Story {
		s.Answers[call] = answer
		return s
	}
	proving := answering(tell("code", "default", "#code-sent", wants(), typed...), "POST /v1/proofs", proof)
	wrong := answering(answering(tell("code-wrong", "default", "#wants-problem", wants(), append(typed, step{At: "input[name=code]", Type: "000000"}, step{At: "#give-code"})...),
		"POST /v1/proofs", proof), "POST /v1/proofs/1234-abc", refusal(403, "wrong_code"))
	proven := answering(answering(tell("proven", "default", "#proven", wants(), append(typed, step{At: "input[name=code]", Type: "123456"}, step{At: "#give-code"})...),
		"POST /v1/proofs", proof), "POST /v1/proofs/1234-abc", wire.Proven{Proven: "token", Until: *until(10, 33)})
	down := answering(tell("mail-down", "default", "#wants-problem", wants(), typed...), "POST /v1/proofs", refusal(503, "mail_unavailable"))
	stopped := answering(tell("stopped", "default", "#wants-status:not(:empty)", wants(wanted), step{At: "#stop-wants"}), "PUT /v1/tickets/"+ownID+"/wants", wants())
	// Nine are ahead, and a notice has asked the patient to come: so does the page.
	come := owner("tellme-come", ticket(func(t *wire.Ticket) { t.Todo, t.Advice, t.ComeAt = wire.TodoCome, "come", 5 }), func(s *Story) {
		asking(func(p *static.PatientPage) { p.Notices = true })(s)
		s.Answers["GET /v1/tickets/"+ownID+"/wants"], s.Answers["GET /v1/push/key"] = wants(notified), wire.PushKey{Key: "AAAA"}
		s.Push, s.Shows = "default", ".told li"
	})
	var long []Story // in the languages with long texts, and in those without spaces
	for _, lang := range []string{"ja-x-easy", "vi", "pt", "ko", "zh-Hans"} {
		for _, s := range []Story{tell("form-"+lang, "homescreen", "#iphone", wants(), open, push), tell("sent-"+lang, "default", ".told li", wants(notified)), tell("hindered-"+lang, "default", ".wants .stopped", wants(hindered))} {
			s.Lang = lang
			long = append(long, s)
		}
	}
	return append(long,
		tell("offer", "default", "#tell-me", wants()),
		tell("form", "default", "#save-wants", wants(), open),
		tell("both", "default", "select[name=first]", wants(), open, mail),
		tell("denied", "denied", "#no-push", wants(), open, push),
		tell("iphone", "homescreen", "#iphone svg", wants(), open, push),
		tell("failed", "granted", "#no-push", wants(), open, step{At: "#save-wants"}),
		proving, wrong, proven, down,
		tell("on", "default", ".wants .next", wants(wanted)),
		tell("sent", "default", ".told li", wants(notified)),
		tell("hindered", "default", ".wants .stopped", wants(hindered)),
		tell("push-alone", "default", "#consent", wants(func(w *wire.Wants) { w.Channels = []string{"push"} }), open),
		stopped, come,
	)
}
