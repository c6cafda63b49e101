package office

import (
	"strings"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// encodeNotices encodes how a clinic sends notices, with the defaults of what it has
// not set.
func encodeNotices(n clinic.Notices) *wire.NoticeSettings {
	from, until := n.Quiet.Hours()
	out := &wire.NoticeSettings{
		Off: append([]string{}, n.Off...), Channels: append([]string{}, n.Channels...), Label: n.Label, Discreet: n.Discreet,
		Travel: new(n.TravelTime()), Next: n.Next, Quiet: wire.Quiet{From: string(from), Until: string(until)},
		Caps: make([]wire.NoticeCap, len(n.Caps)), Words: make([]wire.NoticeWords, len(n.Words)),
	}
	for i, c := range n.Caps {
		out.Caps[i] = wire.NoticeCap(c)
	}
	for i, w := range n.Words {
		out.Words[i] = wire.NoticeWords(w)
	}
	return out
}

// decodeNotices decodes the settings of notices. A default is not worth a word in the
// record.
func decodeNotices(body wire.NoticeSettings) clinic.Notices {
	n := clinic.Notices{
		Off: once(body.Off), Channels: once(body.Channels), Label: strings.TrimSpace(body.Label), Discreet: body.Discreet, Travel: body.Travel, Next: body.Next,
		Quiet: clinic.Quiet{From: hours.Clock(body.Quiet.From), Until: hours.Clock(body.Quiet.Until)},
	}
	if n.Travel != nil && *n.Travel == clinic.DefaultTravel {
		n.Travel = nil
	}
	if n.Quiet.From == clinic.QuietFrom {
		n.Quiet.From = ""
	}
	if n.Quiet.Until == clinic.QuietUntil {
		n.Quiet.Until = ""
	}
	for _, c := range body.Caps {
		n.Caps = append(n.Caps, clinic.NoticeCap(c))
	}
	for _, w := range body.Words {
		n.Words = append(n.Words, clinic.NoticeWords{Kind: w.Kind, Text: strings.TrimSpace(w.Text)})
	}
	return n
}

func encodeReminders(all []clinic.Reminder) []wire.Reminder {
	out := make([]wire.Reminder, len(all))
	for i, r := range all {
		out[i] = wire.Reminder{Days: r.Days, At: string(r.At)}
	}
	return out
}

func decodeReminders(all []wire.Reminder) (out []clinic.Reminder) {
	for _, r := range all {
		out = append(out, clinic.Reminder{Days: r.Days, At: hours.Clock(r.At)})
	}
	return out
}
