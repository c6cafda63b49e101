package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

// Event is one entry of a day's log: actor, act and object, and all its changes of the
// day's keys. It has no patient in it.
type Event struct {
	ID      string    // of the entry: later entries have greater ones
	At      time.Time // Redis time, to the millisecond
	Version uint64    // of the clinic's day; several entries of one act share it
	Mark    string    // of the act that made the version
	Act     string    // a [queue.ActKind], "issue", "wrong_code", or an act of the desk
	Object  string    // the ticket's id, or the service, room or clinic acted on
	By      clinic.Actor

	// What it changed: of a ticket its fields as JSON; else the plain value. A field
	// that is missing in Was did not exist. In Is, false is a removed field, and true a
	// "last" that is this entry.
	Was, Is string

	Counts map[string]map[string]string // by service and field: the new values
	With   queue.TicketID               // finished by the same act, "" when none
	Undoes string                       // the ID of the entry taken back: an announcement of it is withdrawn
}

// Ticket returns the ticket that was acted on; ok is false for an act of the desk.
func (e Event) Ticket() (id queue.TicketID, ok bool) {
	id, err := queue.ParseTicketID(e.Object)
	return id, err == nil
}

// Source is the line whose logs are read: [queue.Store].
type Source interface {
	// Redis is the connection that the logs are read on.
	Redis() redis.UniversalClient
	// Clinic returns a clinic's record.
	Clinic(context.Context, clinic.ID) (clinic.Clinic, error)
}

// Reader reads the logs of all clinics. It is safe for concurrent use.
type Reader struct {
	rdb  redis.UniversalClient
	line Source
}

// New returns a reader of a line's logs.
func New(line Source) *Reader { return &Reader{line.Redis(), line} }

// logPage is how many entries are read at once.
const logPage = 500

// Log reads a page of a day's log: what is newer than the entry after, or all of it for
// "". A day that was never opened has none. It ends with the first error.
func (r *Reader) Log(ctx context.Context, c clinic.ID, d clinic.Day, after string) iter.Seq2[Event, error] {
	from := "-"
	if after != "" {
		from = "(" + after
	}
	return r.between(ctx, c, d, from, "+")
}

// From reads a day's log as Log does, from an entry on, with that entry.
func (r *Reader) From(ctx context.Context, c clinic.ID, d clinic.Day, entry string) iter.Seq2[Event, error] {
	return r.between(ctx, c, d, entry, "+")
}

// between reads the entries from one id to another, in the words of XRANGE.
func (r *Reader) between(ctx context.Context, c clinic.ID, d clinic.Day, from, until string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			page, err := r.rdb.XRangeN(ctx, queue.DayKey(c, d, "log"), from, until, logPage).Result()
			if err != nil {
				yield(Event{}, fmt.Errorf("read the log of clinic %s on %s: %w", c, d, err))
				return
			}
			for _, entry := range page {
				e, err := readEvent(entry)
				if !yield(e, err) || err != nil {
					return
				}
			}
			if len(page) < logPage {
				return
			}
			from = "(" + page[len(page)-1].ID
		}
	}
}

// Back reads the entries older than one, or all for "", the newest first and page
// of them at once.
func (r *Reader) Back(ctx context.Context, c clinic.ID, d clinic.Day, before string, page int64) iter.Seq2[Event, error] {
	until := "+"
	if before != "" {
		until = "(" + before
	}
	return func(yield func(Event, error) bool) {
		for {
			entries, err := r.rdb.XRevRangeN(ctx, queue.DayKey(c, d, "log"), until, "-", page).Result()
			if err != nil {
				yield(Event{}, fmt.Errorf("read the log of clinic %s on %s: %w", c, d, err))
				return
			}
			for _, entry := range entries {
				e, err := readEvent(entry)
				if !yield(e, err) || err != nil {
					return
				}
			}
			if len(entries) < int(page) {
				return
			}
			until = "(" + entries[len(entries)-1].ID
		}
	}
}

func readEvent(entry redis.XMessage) (Event, error) {
	text := func(field string) string {
		s, _ := entry.Values[field].(string)
		return s
	}
	kind, name, _ := strings.Cut(text("by"), ":")
	e := Event{
		ID: entry.ID, Mark: text("mark"), Act: text("act"), Object: text("id"),
		By: clinic.Actor{Kind: kind, Name: name, Device: text("dev")}, Was: text("was"), Is: text("is"),
	}
	var err error
	if e.Version, err = strconv.ParseUint(text("v"), 10, 64); err != nil {
		return e, fmt.Errorf("entry %s: its version: %w", e.ID, err)
	}
	ms, _, _ := strings.Cut(e.ID, "-")
	at, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return e, fmt.Errorf("entry %s: its time: %w", e.ID, err)
	}
	e.At = time.UnixMilli(at)
	if text("more") == "" {
		return e, nil
	}
	var more struct {
		Counts map[string]any `json:"counts"` // <service>:<count>
		With   queue.TicketID `json:"with"`
		Undoes string         `json:"undoes"`
	}
	if err := decode(text("more"), &more); err != nil {
		return e, fmt.Errorf("entry %s: more: %w", e.ID, err)
	}
	e.With, e.Undoes, e.Counts = more.With, more.Undoes, map[string]map[string]string{}
	for field, value := range more.Counts {
		service, count, _ := strings.Cut(field, ":")
		if e.Counts[service] == nil {
			e.Counts[service] = map[string]string{}
		}
		e.Counts[service][count] = fmt.Sprint(value)
	}
	return e, nil
}

// decode reads JSON and leaves its numbers as they are written.
func decode(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}
