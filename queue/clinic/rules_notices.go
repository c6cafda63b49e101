package clinic

import (
	"fmt"
	"slices"

	"junban/queue/hours"
	"junban/queue/rule"
)

// noticeRules are those of [Clinic].Notices.
var noticeRules = rule.Table[Notices]{
	rule.List("off", 0, len(NoticeKinds), func(n *Notices) []string { return n.Off }, rule.Table[string]{
		rule.Choice("", NoticeKinds, rule.Itself[string]),
	}),
	rule.List("channels", 0, len(NoticeChannels), func(n *Notices) []string { return n.Channels }, rule.Table[string]{
		rule.Choice("", NoticeChannels, rule.Itself[string]),
	}),
	rule.Text("label", 0, 30, func(n *Notices) *string { return &n.Label }),
	rule.Number("travel", 0, 120, func(n *Notices) *int { return n.Travel }),
	rule.OptionalForm("quiet.from", notTimeOfDay, isTimeOfDay, func(n *Notices) *string { return (*string)(&n.Quiet.From) }),
	rule.OptionalForm("quiet.until", notTimeOfDay, isTimeOfDay, func(n *Notices) *string { return (*string)(&n.Quiet.Until) }),
	rule.List("caps", 0, 3, func(n *Notices) []NoticeCap { return n.Caps }, rule.Table[NoticeCap]{
		rule.Choice("channel", NoticeChannels, func(c *NoticeCap) *string { return &c.Channel }),
		rule.Number("month", 0, 1_000_000, func(c *NoticeCap) *int { return &c.Month }),
	}),
	rule.List("words", 0, len(NoticeKinds), func(n *Notices) []NoticeWords { return n.Words }, rule.Table[NoticeWords]{
		rule.Choice("kind", NoticeKinds, func(w *NoticeWords) *string { return &w.Kind }),
		rule.Text("text", 1, 80, func(w *NoticeWords) *string { return &w.Text }),
	}),
}

// reminderRules are those of [Service].Reminders.
var reminderRules = rule.Table[Reminder]{
	rule.Number("days", 1, 14, func(r *Reminder) *int { return &r.Days }),
	rule.Form("at", notTimeOfDay, isTimeOfDay, func(r *Reminder) *string { return (*string)(&r.At) }),
}

// What may be wrong with the settings of notices.
var (
	notTimeOfDay  = rule.NewCode("not_time_of_day", "{value} is not a time from 00:00 to 23:59")
	noQuiet       = rule.NewCode("no_quiet", "is the time at which the quiet hours begin")
	sameReminders = rule.NewCode("same_reminders", "is at the same time as an earlier entry")
)

// isTimeOfDay checks a time of a calendar date: a notice in the night belongs to the
// date that a patient's phone shows.
func isTimeOfDay(s string) bool {
	m, err := hours.Clock(s).Minutes()
	return err == nil && m < 24*60
}

// checkNotices checks that the quiet hours end, and that no channel has two caps and no
// kind two sentences.
func (c Clinic) checkNotices() (errs []rule.Error) {
	n := c.Notices
	if from, until := n.Quiet.Hours(); from == until {
		errs = append(errs, rule.Wrong("notices.quiet.until", noQuiet))
	}
	for i, one := range n.Caps {
		if slices.IndexFunc(n.Caps, func(o NoticeCap) bool { return o.Channel == one.Channel }) < i {
			errs = append(errs, rule.Wrong(fmt.Sprintf("notices.caps[%d].channel", i), rule.UsedTwice, "value", one.Channel))
		}
	}
	for i, one := range n.Words {
		if slices.IndexFunc(n.Words, func(o NoticeWords) bool { return o.Kind == one.Kind }) < i {
			errs = append(errs, rule.Wrong(fmt.Sprintf("notices.words[%d].kind", i), rule.UsedTwice, "value", one.Kind))
		}
	}
	return errs
}

// checkReminders checks that no two reminders of a service are at the same time.
func checkReminders(all []Reminder, at string) (errs []rule.Error) {
	for i, r := range all {
		if slices.Index(all, r) < i {
			errs = append(errs, rule.Wrong(fmt.Sprintf("%s[%d]", at, i), sameReminders))
		}
	}
	return errs
}
