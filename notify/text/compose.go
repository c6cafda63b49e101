package text

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"junban/notify/message"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/static"
)

// Stages of a job that have words of their own. Any other stage has the words of its
// kind.
const (
	StageNow       = "now"       // of a confirmation: the patient is to come at once
	StageNext      = "next"      // of an approach: no one is ahead
	StageCancelled = "cancelled" // of a change: by the clinic
	StageMoved     = "moved"     // of a change: to another day
	StageTransfer  = "transfer"  // of a change: to another desk
	StageBack      = "back"      // of a change: moved back after an approach
)

// Input is what a notice is written from.
type Input struct {
	Job         outbox.Job
	Want        outbox.Want
	Ticket      queue.Ticket // zero of news
	Clinic      clinic.Clinic
	Low, High   time.Duration // ends of the range as shown; 0: none is shown
	Now         time.Time
	News        News   // of news alone
	Origin      string // of links; "": that of the want
	Unsubscribe string // URL of one-click unsubscribe, of news alone
}

// News is what a clinic wrote to its followers.
type News struct{ Title, Body string }

// Composer writes notices. It is safe for concurrent use.
type Composer struct{ site *static.Site }

// New returns a composer that takes its sentences from the site.
func New(site *static.Site) *Composer { return &Composer{site} }

// Compose writes a notice in the language of its want. It always succeeds: what is not
// known is left out.
func (c *Composer) Compose(in Input) message.Message {
	w := c.writerOf(in)
	what, body := w.sentence()
	own := ownWords(in.Clinic, in.Job.Kind)
	m := message.Message{
		ID: string(in.Job.NoticeID()), To: addressOf(in.Want.Address), Language: w.lang, Kind: string(in.Job.Kind),
		Title: w.title(what), Body: w.joined(body, own), Stale: w.say("stale"),
		Tag: Tag(in.Job), Renotify: in.Job.Kind != outbox.Confirm,
		Urgent: in.Job.Kind == outbox.Call || in.Job.Kind == outbox.Approach || in.Job.Kind == outbox.Changed,
		Until:  time.UnixMilli(in.Job.Until), Path: "/t", Origin: strings.TrimSuffix(cmp.Or(in.Origin, in.Want.Origin), "/"),
	}
	if in.Job.Kind == outbox.News {
		m.Path = "/c/" + string(in.Clinic.ID)
	}
	if in.Want.Channel == outbox.Push {
		return m
	}
	m.From, m.Subject = w.sender(), w.subject(what)
	m.Text, m.HTML = w.mail(body, own)
	m.Unsubscribe, m.Calendar = in.Unsubscribe, w.calendar()
	return m
}

// Proof writes the mail that proves an address by six digits. It names no clinic.
func (c *Composer) Proof(lang, code string) message.Message {
	w := writer{c: c, lang: spoken(lang)}
	p := paper{lang: w.lang}
	p.add(w.say("proof"))
	p.strong(code)
	p.add(w.say("proofNote"))
	m := message.Message{Language: w.lang, Subject: w.say("proofSubject", "code", code), Title: w.say("proofSubject", "code", code), Urgent: true}
	m.Text, m.HTML = p.text(), p.html()
	return m
}

// spoken is the language, or Japanese for one that the pages lack.
func spoken(lang string) string {
	for _, s := range static.Languages() {
		if s.Code == lang {
			return lang
		}
	}
	return static.Japanese
}

// Tag is the same for all notices of a ticket, or of a piece of news. It names neither.
func Tag(j outbox.Job) string {
	of := string(j.Ticket)
	if of == "" {
		of = string(j.Clinic) + " " + j.Box
	}
	sum := sha256.Sum256([]byte("junban notice " + of))
	return hex.EncodeToString(sum[:10])
}

// addressOf is where a message for the address goes.
func addressOf(a outbox.Address) message.Address {
	to := message.Address{Mail: a.Mail, Inbox: a.Inbox}
	if a.Endpoint != "" {
		to.Push = &message.Subscription{Endpoint: a.Endpoint, P256DH: a.P256DH, Auth: a.Auth}
	}
	return to
}
