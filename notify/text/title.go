package text

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/static"
)

// bound is the most characters of a notice's parts, in a language.
type bound struct{ title, body, subject int }

// bounds are what a lock screen and an inbox show. Latin letters are half as wide.
var bounds = map[string]bound{
	static.Japanese: {20, 60, 30}, "zh-Hans": {20, 60, 30}, "ko": {26, 80, 40},
}

// boundOf returns the bound of a language.
func boundOf(lang string) bound {
	if b, ok := bounds[lang]; ok {
		return b
	}
	return bound{40, 160, 60}
}

// leastLabel is the shortest rest of a label that is worth showing, in characters.
const leastLabel = 4

// label is the name that strangers may see, "" in discreet mode.
func (w writer) label() string {
	if w.in.Clinic.Notices.Discreet {
		return ""
	}
	return Sender(w.in.Clinic)
}

// Sender is the clinic's name in notices.
func Sender(c clinic.Clinic) string { return clean(cmp.Or(c.Notices.Label, c.Name)) }

// title is the title of a lock screen.
func (w writer) title(what string) string {
	if w.in.Clinic.Notices.Discreet {
		return w.hidden()
	}
	return w.labelled(what, boundOf(w.lang).title)
}

// subject is the subject of a mail: the title after the number.
func (w writer) subject(what string) string {
	if w.in.Clinic.Notices.Discreet {
		what = w.hidden()
	}
	return w.labelled(strings.TrimSpace(w.number()+" "+what), boundOf(w.lang).subject)
}

// sender is the display name of a mail's sender.
func (w writer) sender() string { return cmp.Or(w.label(), w.hidden()) }

// hidden is the title that names no clinic and no reason.
func (w writer) hidden() string {
	if w.in.Job.Kind == outbox.News {
		return w.say("newsHead")
	}
	return w.say("discreet")
}

// labelled is a heading and the label, in at most a number of characters. The label is cut
// first.
func (w writer) labelled(what string, most int) string {
	label := w.label()
	room := most - utf8.RuneCountInString(w.say("title", "what", what, "label", ""))
	if label == "" || room < leastLabel && utf8.RuneCountInString(label) > room {
		return isolatedWithin(what, most)
	}
	return w.say("title", "what", what, "label", clipped(label, room))
}
