package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Why a job is void, as [Job].Why has it. A planner has reasons of its own.
const (
	WhyLate       = "late"           // its time was over
	WhyState      = "state"          // the ticket is not in the state that was its reason
	WhyUnwanted   = "unwanted"       // the want, or the follower, is gone
	WhyErased     = "erased"         // the person was erased
	WhyMoved      = "moved"          // the wants went to another ticket
	WhyGone       = "gone"           // the provider does not know the address any more
	WhySuppressed = "suppressed"     // see [Store.Suppress]
	WhyOff        = "off"            // the clinic has switched off the kind or the channel
	WhyCap        = "cap"            // the month's cap is reached
	WhyReached    = "reached"        // the channel before has reached the patient
	WhySuperseded = "superseded"     // one of a higher rank was sent, or a later channel was claimed instead
	WhyWithdrawn  = "withdrawn"      // of news
	WhyRests      = "provider rests" // of Due: it is not passed to its provider now
	WhyCrashed    = "crashed"        // of Uncertain and Dead: its sender ended without a result
)

// Claimed is a job that this node is to send now.
type Claimed struct {
	Job    Job
	Want   Want         // of news, the follower's address, language and origin
	Ticket queue.Ticket // zero of news
	Lease  time.Time    // Redis time until which no other node claims it
}

// rules are what take.lua needs of a clinic's settings.
type rules struct {
	Lease map[Channel]int64 `json:"lease"` // ms
	Caps  map[string]int    `json:"caps"`  // notices of a month, by channel
	Share map[string]int    `json:"share"` // of a cap, in percent, at which each kind stops
	Off   map[string]bool   `json:"off"`   // kinds and channels

	Window  int  `json:"window"`  // due jobs that are looked at at once, for the highest rank
	Further bool `json:"further"` // the others are looked at too
}

// The windows: all news has one rank.
const (
	window     = 2_000
	newsWindow = 100
)

// channels are all there are.
var channels = []Channel{Push, Mail, Inbox}

// Take claims at most n due jobs: of news, or of all other kinds, the highest rank first.
// The lease of each begins now, by the time of Redis; after it another sender gets the
// job. One script checks and claims. A job
// is voided
//   - after its Until;
//   - when its ticket is not in the state that was its reason, by leg, attempt and start;
//   - when the want or the follower is gone, the address is suppressed, the news is
//     withdrawn, or the clinic has switched off the kind or the channel;
//   - when one of Unless was sent, or a channel before it (After, and so on) has reached the
//     patient;
//   - when the month's cap of its channel is reached, by [CapPercent]. Jobs that are being
//     sent are not counted yet.
//
// A channel whose lease is 0 is left out. A lease below 0 is for calls alone.
//
// A job waits while a channel before it is open, or was sent by push less than 20 s ago and is
// not shown. But one that was tried without success, whose provider rests, or that has been
// due for 20 s gives way: the claim of the later channel voids it, superseded, so that there
// are never two at once. It is due again if the later one is not sent. Reminders and news
// wait for the end of the quiet hours.
//
// A claim whose lease ended without [Store.Tell] is a crash. It uses up no try. After five
// a job is dead. A mail that may have left is uncertain, and is repeated once only where a
// repeat is harmless: confirmations, reminders, news.
func (s *Store) Take(ctx context.Context, c clinic.Clinic, n int, lease func(Channel) time.Duration, news bool) ([]Claimed, error) {
	claimed, err := s.take(ctx, c, n, lease, news)
	if err != nil {
		return nil, fmt.Errorf("take notices of clinic %s: %w", c.ID, err)
	}
	return claimed, nil
}

// takeTries is how often a claim begins again when jobs of boxes are due that its script
// has no keys of.
const takeTries = 4

func (s *Store) take(ctx context.Context, c clinic.Clinic, n int, lease func(Channel) time.Duration, news bool) ([]Claimed, error) {
	loc, err := c.Location()
	if err != nil {
		return nil, err
	}
	now := s.source.Now().In(loc)
	of := rules{Lease: map[Channel]int64{}, Caps: map[string]int{}, Share: map[string]int{}, Off: map[string]bool{}, Window: window, Further: true}
	due := keyDue(c.ID)
	boxes := []string{string(c.DayOf(now, loc))}
	if news {
		due, boxes, of.Window, of.Further = keyDueNews(c.ID), nil, newsWindow, false
	}
	for _, ch := range channels {
		of.Lease[ch] = lease(ch).Milliseconds()
	}
	for _, kind := range clinic.NoticeKinds {
		of.Share[kind] = CapPercent(Kind(kind))
	}
	for _, cap := range c.Notices.Caps {
		of.Caps[cap.Channel] = cap.Month
	}
	for _, name := range append(append([]string{}, c.Notices.Off...), c.Notices.Channels...) {
		of.Off[name] = true
	}
	ruling, err := json.Marshal(of)
	if err != nil {
		return nil, err
	}
	quiet := int64(0) // millisecond at which the quiet hours end; 0: they are not now
	if _, ends, ok := c.Notices.Quiet.Around(now); ok {
		quiet = ends.UnixMilli()
	}
	for range takeTries {
		keys := []string{due, keySuppressed(c.ID), keySpent(c.ID), keyNews(c.ID), keyFollowers(c.ID)}
		for _, box := range boxes {
			day := clinic.Day(box)
			keys = append(keys, keyJobs(c.ID, box), keyWants(c.ID, day), queue.DayKey(c.ID, day, "tickets"))
			keys = append(keys, waitingKeys(c, day)...)
		}
		reply, err := s.run(ctx, "take", keys, n, Month(now), string(ruling), strings.Join(boxes, ","), c.ServiceIDs(), quiet)
		if err != nil {
			return nil, err
		}
		if text(reply, 0) == "boxes" {
			for i := range reply[1:] {
				boxes = append(boxes, text(reply, i+1))
			}
			continue
		}
		return s.decodeClaims(reply)
	}
	return nil, errors.New("the days of due notices keep changing")
}

// Month names the month of an instant in the clinic's zone, as [Store.Spent] takes it.
func Month(at time.Time) string { return at.Format("2006-01") }

// CapPercent is the share of a month's cap at which the notices of a kind stop: calls go on
// longest.
func CapPercent(k Kind) int {
	switch k {
	case News, Reminder:
		return 100
	case Call:
		return 120
	}
	return 110
}

// decodeClaims reads the reply of lua/take.lua, and reports what it has voided.
func (s *Store) decodeClaims(reply []any) ([]Claimed, error) {
	if len(reply) != 4 {
		return nil, fmt.Errorf("claims of %d parts", len(reply))
	}
	voided, _ := reply[2].([]any)
	for i := 0; i+1 < len(voided); i += 2 {
		s.voided(Kind(text(voided, i)), text(voided, i+1))
	}
	list, _ := reply[3].([]any)
	claimed := make([]Claimed, 0, len(list))
	for _, one := range list {
		parts, _ := one.([]any)
		c := Claimed{Lease: time.UnixMilli(number(parts, 3))}
		if err := json.Unmarshal([]byte(text(parts, 0)), &c.Job); err != nil {
			return nil, fmt.Errorf("job: %w", err)
		}
		if err := c.decode(text(parts, 1), text(parts, 2)); err != nil {
			return nil, fmt.Errorf("job %s: %w", c.Job.ID, err)
		}
		claimed = append(claimed, c)
	}
	return claimed, nil
}

// decode reads the ticket and the want of a job; either may be "".
func (c *Claimed) decode(ticket, address string) (err error) {
	if c.Job.Kind == News {
		var f Follower
		if address != "" {
			err = json.Unmarshal([]byte(address), &f)
		}
		c.Want = Want{Channel: f.Channel, Address: f.Address, Language: f.Language, Origin: f.Origin, Consent: f.Consent, At: f.At}
		return err
	}
	if ticket != "" {
		if c.Ticket, err = queue.DecodeTicket([]byte(ticket)); err != nil {
			return err
		}
	}
	wants, err := decodeWants(address)
	for _, w := range wants {
		if w.Channel == c.Job.Channel && w.Hash == c.Job.Want {
			c.Want = w.Want
		}
	}
	return err
}
