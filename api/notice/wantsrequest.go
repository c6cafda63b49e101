package notice

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/notify/message"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/rule"
)

// Bounds of what a ticket's owner may want.
const (
	mostWants  = 8
	leastAhead = 1 // tickets
	mostAhead  = 10
	maxInbox   = 40 // characters
	maxConsent = 20
)

// read checks the wants of a request. had are those that are there: an entry with the id
// of one keeps its address. token is the ticket's, for the link of a mail.
func (ns *Notices) read(r *http.Request, c clinic.Clinic, body wire.WantsRequest, had []outbox.Want, token string) ([]outbox.Want, error) {
	if n := len(body.Wants); n > mostWants {
		return nil, problem.Invalid("wants", rule.TooMany, "count", n, "most", mostWants)
	}
	wants := []outbox.Want{}
	if len(body.Wants) == 0 {
		return wants, nil
	}
	consent, err := consented(body.Consent)
	if err != nil {
		return nil, err
	}
	now, err := ns.Clinics.View(c)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, in := range body.Wants {
		at := func(field string) string { return fmt.Sprintf("wants[%d].%s", i, field) }
		want, err := ns.wanted(c, in, had, at)
		if err != nil {
			return nil, err
		}
		id := ns.Outbox.Hash(want.Address)
		if seen[id] {
			return nil, problem.Invalid(at("channel"), rule.UsedTwice, "value", masked(want.Address))
		}
		seen[id] = true
		want.Origin, want.Consent, want.At = ns.origin(r), consent, now.Now
		if want.Channel == outbox.Mail {
			want.Token = token
		}
		wants = append(wants, want)
	}
	return wants, nil
}

// consented checks the version of the text that was shown.
func consented(version string) (string, error) {
	version, err := route.Text("consent", version, maxConsent, false)
	if err == nil && version == "" {
		return "", problem.Invalid("consent", rule.Missing)
	}
	return version, err
}

// wanted checks one entry, but what the whole list has in common.
func (ns *Notices) wanted(c clinic.Clinic, in wire.NewWant, had []outbox.Want, at func(string) string) (want outbox.Want, err error) {
	channels := ns.channels(c)
	if in.ID == "" && !slices.Contains(channels, in.Channel) { // a want that is there may stay while its channel is off
		return want, problem.Invalid(at("channel"), rule.NotOneOf, "value", in.Channel, "values", channels)
	}
	want.Channel = outbox.Channel(in.Channel)
	if want.Address, err = ns.address(c, in, had, at); err != nil {
		return want, err
	}
	want.Travel = c.Notices.TravelTime()
	if in.Travel != nil {
		want.Travel = *in.Travel
		if !slices.Contains(clinic.TravelMinutes, want.Travel) {
			values := strings.Fields(strings.Trim(fmt.Sprint(clinic.TravelMinutes), "[]"))
			return want, problem.Invalid(at("travel"), rule.NotOneOf, "value", fmt.Sprint(want.Travel), "values", values)
		}
	}
	if want.Ahead = in.Ahead; want.Ahead != 0 && (want.Ahead < leastAhead || want.Ahead > mostAhead) {
		return want, problem.Invalid(at("ahead"), rule.Between, "value", want.Ahead, "least", leastAhead, "most", mostAhead)
	}
	for i, k := range in.Kinds {
		if !slices.Contains(clinic.NoticeKinds, k) || k == string(outbox.News) {
			return want, problem.Invalid(at(fmt.Sprintf("kinds[%d]", i)), rule.NotOneOf, "value", k, "values", kinds(clinic.Clinic{}))
		}
		if slices.Contains(in.Kinds[:i], k) {
			return want, problem.Invalid(at(fmt.Sprintf("kinds[%d]", i)), rule.UsedTwice, "value", k)
		}
		want.Kinds = append(want.Kinds, outbox.Kind(k))
	}
	want.Language, err = language(at("language"), in.Language)
	return want, err
}

// language checks the language of the page that asks.
func language(field, code string) (string, error) {
	if !slices.Contains(clinic.Languages, code) {
		return "", problem.Invalid(field, rule.NotOneOf, "value", code, "values", clinic.Languages)
	}
	return code, nil
}

// address checks the one address of an entry, which is of its channel.
func (ns *Notices) address(c clinic.Clinic, in wire.NewWant, had []outbox.Want, at func(string) string) (a outbox.Address, err error) {
	if in.ID != "" {
		for _, want := range had {
			if string(want.Channel) == in.Channel && ns.Outbox.Hash(want.Address) == in.ID {
				return want.Address, nil
			}
		}
		return a, problem.Invalid(at("id"), UnknownWant)
	}
	switch outbox.Channel(in.Channel) {
	case outbox.Push:
		return ns.pushAddress(at("push"), in.Push)
	case outbox.Mail:
		return ns.mailAddress(c.ID, at("mail"), at("proven"), in.Mail, in.Proven)
	default:
		a.Inbox, err = route.Text(at("inbox"), in.Inbox, maxInbox, false)
		if err == nil && a.Inbox == "" {
			err = problem.Invalid(at("inbox"), rule.Missing)
		}
		return a, err
	}
}

// The codes of addresses. No sentence repeats the address.
var (
	UnknownWant = rule.NewCode("want_unknown", "is not the id of a want of this ticket and channel")
	NotPush     = rule.NewCode("not_push", "is not a subscription to web push: {reason}")
	NotProven   = rule.NewCode("not_proven", "does not prove this address for this clinic, or has expired")
)

// pushAddress checks a subscription: its keys, and that its endpoint may be called.
func (ns *Notices) pushAddress(field string, s *wire.PushSubscription) (outbox.Address, error) {
	if s == nil {
		return outbox.Address{}, problem.Invalid(field, rule.Missing)
	}
	sub := message.Subscription{Endpoint: s.Endpoint, P256DH: s.P256DH, Auth: s.Auth}
	if err := ns.ValidPush(sub); err != nil {
		return outbox.Address{}, problem.Invalid(field, NotPush, "reason", err.Error())
	}
	return outbox.Address{Endpoint: sub.Endpoint, P256DH: sub.P256DH, Auth: sub.Auth}, nil
}

// mailAddress checks a mail address and the token that proves it for a clinic.
func (ns *Notices) mailAddress(c clinic.ID, field, provenField, mail, proven string) (outbox.Address, error) {
	mail, err := ns.mail(field, mail)
	if err != nil {
		return outbox.Address{}, err
	}
	if !ns.isProven(c, mail, proven) {
		return outbox.Address{}, problem.Invalid(provenField, NotProven)
	}
	return outbox.Address{Mail: mail}, nil
}

// mail checks the form of a mail address.
func (ns *Notices) mail(field, mail string) (string, error) {
	mail, err := route.Text(field, mail, route.MaxMail, false)
	if err != nil {
		return "", err
	}
	if mail == "" {
		return "", problem.Invalid(field, rule.Missing)
	}
	if err := ns.ValidMail(mail); err != nil {
		return "", problem.Invalid(field, rule.NotMail, "value", masked(outbox.Address{Mail: mail}))
	}
	return mail, nil
}
