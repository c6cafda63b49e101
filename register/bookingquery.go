package register

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue"
	"junban/queue/clinic"
)

// BookingQuery is what bookings are searched for: the panels 基本 and 日付 (L08). All that
// is set must hold. The zero value finds all bookings of a clinic.
type BookingQuery struct {
	Service  string        `json:"service,omitempty"`
	State    []queue.State `json:"state,omitempty"` // one of them
	Channel  string        `json:"channel,omitempty"`
	Text     string        `json:"text,omitempty"` // in name or kana, or a phone or a card number
	Member   MemberID      `json:"member,omitempty"`
	Symptoms string        `json:"symptoms,omitempty"` // in the patient's answer; needs a Text, a Member or a range of at most 366 days

	IssuedFrom  time.Time  `json:"issuedFrom,omitzero"` // 作成日
	IssuedTo    time.Time  `json:"issuedTo,omitzero"`   // exclusive, as all times
	UpdatedFrom time.Time  `json:"updatedFrom,omitzero"`
	UpdatedTo   time.Time  `json:"updatedTo,omitzero"`
	DayFrom     clinic.Day `json:"dayFrom,omitempty"` // 予約日
	DayTo       clinic.Day `json:"dayTo,omitempty"`   // inclusive, as all days

	After string `json:"-"` // [BookingPage].Next of the page before
}

// MostText is how long a text of a search may be, in characters.
const MostText = 100

// wideDays is how many days a search for symptoms reads at most.
const wideDays = 366

var states = []queue.State{queue.Booked, queue.Waiting, queue.Called, queue.InService, queue.Absent, queue.Held, queue.Done, queue.Cancelled, queue.NoShow, queue.Lost}

// bad is a query that is refused.
func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrBadQuery}, args...)...)
}

// check refuses what no booking can match, and what would read all of them.
func (q BookingQuery) check() error {
	for _, s := range []string{q.Service, q.Channel, q.Text, string(q.Member), q.Symptoms} {
		if utf8.RuneCountInString(s) > MostText {
			return bad("a text has more than %d characters", MostText)
		}
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return bad("a text is not valid")
		}
	}
	if q.Member != "" { // which the access log keeps
		if _, err := ParseMemberID(string(q.Member)); err != nil {
			return bad("the id of the member is not valid")
		}
	}
	for _, s := range q.State {
		if !slices.Contains(states, s) {
			return bad("state %q is unknown", string(s))
		}
	}
	for _, d := range []clinic.Day{q.DayFrom, q.DayTo} {
		if d == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
			return bad("day %q is no date", string(d))
		}
	}
	for _, at := range []time.Time{q.IssuedFrom, q.IssuedTo, q.UpdatedFrom, q.UpdatedTo} {
		if !at.IsZero() && (at.Year() < 1970 || at.Year() > 9999) {
			return bad("a time is out of range")
		}
	}
	reversed := func(from, to time.Time) bool { return !from.IsZero() && !to.IsZero() && to.Before(from) }
	if q.DayFrom != "" && q.DayTo != "" && q.DayTo < q.DayFrom || reversed(q.IssuedFrom, q.IssuedTo) || reversed(q.UpdatedFrom, q.UpdatedTo) {
		return bad("a range ends before it begins")
	}
	if q.Symptoms != "" && q.Text == "" && q.Member == "" && !q.bounded() {
		return bad("a search for symptoms needs a text, a member or a range of at most %d days", wideDays)
	}
	return nil
}

// bounded reports whether one of the ranges has at most wideDays.
func (q BookingQuery) bounded() bool {
	const most = wideDays * 24 * time.Hour
	within := func(from, to time.Time) bool { return !from.IsZero() && !to.IsZero() && to.Sub(from) <= most }
	from, _ := time.Parse(time.DateOnly, string(q.DayFrom))
	to, _ := time.Parse(time.DateOnly, string(q.DayTo))
	return within(q.IssuedFrom, q.IssuedTo) || within(q.UpdatedFrom, q.UpdatedTo) || within(from, to)
}

// days are the visit days that the query can find, "" for no bound. A booking is issued at
// most [clinic.SlotDays] before its day, and not after it; the day before and after are
// for zones and for days that end late.
func (q BookingQuery) days() (from, to clinic.Day) {
	from, to = q.DayFrom, q.DayTo
	date := func(at time.Time, n int) clinic.Day {
		return clinic.Day(at.UTC().AddDate(0, 0, n).Format(time.DateOnly))
	}
	if !q.IssuedFrom.IsZero() {
		from = max(from, date(q.IssuedFrom, -2))
	}
	for _, until := range []time.Time{q.IssuedTo, q.UpdatedTo} {
		if d := date(until, clinic.SlotDays+2); !until.IsZero() && (to == "" || d < to) {
			to = d
		}
	}
	return from, to
}

// bookingKey is where a booking is in the list: newest day first, and of a day the newest
// booking first.
type bookingKey struct {
	Day    clinic.Day     `json:"d"`
	Issued int64          `json:"i"`
	Ticket queue.TicketID `json:"t"`
	Count  int            `json:"n,omitempty"` // of the first page, so that no other page counts
	More   bool           `json:"m,omitempty"`
}

func (k bookingKey) cursor() string {
	text, err := json.Marshal(k)
	if err != nil {
		return "" // it has nothing that JSON does not have
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseBookingKey(cursor string) (k bookingKey, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > 400 || json.Unmarshal(text, &k) != nil || !utf8.ValidString(string(k.Day)+string(k.Ticket)) || strings.ContainsRune(string(k.Day)+string(k.Ticket), 0) || k.Ticket == "" {
		return k, bad("the page is not one of this search")
	}
	return k, nil
}
