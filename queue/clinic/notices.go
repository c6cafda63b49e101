package clinic

import (
	"slices"

	"junban/queue/hours"
)

// Notices is how a clinic sends notices to patients (通知). The zero value is
// what a new clinic has: every kind is sent, no cap, quiet from 21:00 to 08:00.
type Notices struct {
	Off      []string      `json:"off,omitempty"`      // kinds that are not sent, of NoticeKinds
	Channels []string      `json:"channels,omitempty"` // channels that are not offered, of NoticeChannels
	Label    string        `json:"label,omitempty"`    // the clinic's name on lock screens and in subjects; "": its name
	Discreet bool          `json:"discreet,omitempty"` // titles name no clinic: a name can reveal the complaint
	Travel   *int          `json:"travel,omitempty"`   // minutes that a patient needs, unless they choose; nil: DefaultTravel
	Next     bool          `json:"next,omitempty"`     // a second notice to the patient who is next
	Quiet    Quiet         `json:"quiet,omitzero"`
	Caps     []NoticeCap   `json:"caps,omitempty"`  // notices of a month
	Words    []NoticeWords `json:"words,omitempty"` // the clinic's own sentence at the end of a notice
}

// NoticeCap bounds what a channel sends in a month.
type NoticeCap struct {
	Channel string `json:"channel"`
	Month   int    `json:"month"`
}

// NoticeWords is a sentence that a clinic adds to the notices of a kind.
type NoticeWords struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Reminder is when a service reminds of a booking (L15): some days before it, at a time.
type Reminder struct {
	Days int         `json:"days"` // before the visit's day
	At   hours.Clock `json:"at"`
}

// DefaultTravel is [Notices].Travel where the record has none, in minutes.
const DefaultTravel = 20

// TravelMinutes are the travel times that a patient may choose.
var TravelMinutes = []int{0, 10, 20, 30, 45, 60}

// NoticeKinds are the kinds of notices, in the order of their rank, the highest first.
var NoticeKinds = []string{"call", "changed", "approach", "missed", "delay", "confirm", "reminder", "news"}

// NoticeChannels are the channels that a clinic may switch off.
var NoticeChannels = []string{"push", "mail"}

// TravelTime is how long a patient needs to come unless they choose, in minutes.
func (n Notices) TravelTime() int {
	if n.Travel == nil {
		return DefaultTravel
	}
	return *n.Travel
}

// Sends reports whether notices of a kind are sent.
func (n Notices) Sends(kind string) bool { return !slices.Contains(n.Off, kind) }

// Offers reports whether a channel is offered.
func (n Notices) Offers(channel string) bool { return !slices.Contains(n.Channels, channel) }

// Cap is how many notices a channel sends in a month; false without a bound.
func (n Notices) Cap(channel string) (month int, capped bool) {
	for _, c := range n.Caps {
		if c.Channel == channel {
			return c.Month, true
		}
	}
	return 0, false
}

// Sentence is the clinic's own one for a kind, or "".
func (n Notices) Sentence(kind string) string {
	for _, w := range n.Words {
		if w.Kind == kind {
			return w.Text
		}
	}
	return ""
}
