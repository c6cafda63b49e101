package queue

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/internal/refusal"
	"junban/queue/clinic"
)

// scriptCall is an act on a service's line: the writing script that does it, and on what.
type scriptCall struct {
	name    string     // of lua/<name>.lua
	ref     clinic.Ref // of an act on the whole clinic, any service
	day     clinic.Day // the ticket's own day; "": today
	early   bool       // it may be done before that day
	ownLine bool       // it touches no other line of the clinic, and gets no keys of them: they cost time
	same    []string   // what makes two requests with one key the same

	keys func(record) []string // further keys, behind those of every act; nil: none
}

// argsOf works out a script's own arguments, from the record and for the act's day.
type argsOf func(record, clinic.Day) ([]any, error)

// attempts is how often an act is sent. What the store knows of the record, the time
// and the override may be stale, and may change again meanwhile.
const attempts = 8

// act does an act on what the store knows: the clinic's record, the time, the override.
func (s *Store) act(ctx context.Context, c scriptCall, a Act, args argsOf) (result string, replayed bool, err error) {
	a, life := keyed(a)
	replicas := s.minReplicas
	if a.By.Kind == "system" { // its acknowledgement is awaited by no client
		replicas = 0
	}
	if replicas > 0 {
		if err := s.refuseUnconfirmed(ctx, c.ref.Clinic); err != nil {
			return "", false, err
		}
	}
	return s.attempt(ctx, c, replicas,
		func() ([]string, []any, error) { return s.resolve(ctx, c, a, life, args) },
		func(reply []any) error { return s.refresh(ctx, c.ref, reply) })
}

// keyed returns the act with a key, and for how long the key is remembered.
func keyed(a Act) (Act, time.Duration) {
	switch {
	case a.Key == "":
		a.Key = rand.Text()
		return a, time.Minute
	case a.By.Kind != "web":
		return a, DeskKeyLife
	}
	return a, KeyLife
}

// attempt runs a script with what resolve returns, and interprets the reply. While a
// reply is stale, it calls refresh and tries again, at most [attempts] times.
func (s *Store) attempt(ctx context.Context, c scriptCall, replicas int, resolve func() (keys []string, argv []any, err error), refresh func(reply []any) error) (result string, replayed bool, err error) {
	for range attempts {
		keys, argv, err := resolve()
		if err != nil {
			return "", false, err
		}
		reply, confirmed, err := s.runConfirmed(ctx, c.name, keys, argv, replicas)
		if err != nil {
			return "", false, err
		}
		result, stale, err := c.interpret(reply, confirmed)
		if err != nil || !stale {
			if err == nil {
				s.noteAct(c.ref.Clinic, reply)
			}
			return result, reply[0] == "again", err
		}
		if err := refresh(reply); err != nil {
			return "", false, err
		}
	}
	return "", false, fmt.Errorf("script %s: the clinic's record or the day keeps changing", c.name)
}

// resolve works out the keys and arguments of a script, from what the store knows now.
func (s *Store) resolve(ctx context.Context, c scriptCall, a Act, life time.Duration, args argsOf) (keys []string, argv []any, err error) {
	k, err := s.record(ctx, c.ref.Clinic)
	if err != nil {
		return nil, nil, err
	}
	day := c.day
	if day == "" {
		day = k.DayOf(s.now(), k.loc)
	}
	own, err := args(k, day)
	if err != nil {
		return nil, nil, err
	}
	from, until := k.Bounds(day, k.loc)
	if c.day != "" && from.After(s.now()) {
		if !c.early {
			return nil, nil, ErrDayAhead
		}
		from = time.UnixMilli(0) // so that the script finds the day begun
	}
	if c.ownLine {
		k.Services = slices.DeleteFunc(slices.Clone(k.Services), func(s clinic.Service) bool { return s.ID != c.ref.Service })
	}
	keys, argv = c.input(k, day, from.UnixMilli(), until.UnixMilli(), a, life)
	if c.keys != nil {
		keys = append(keys, c.keys(k)...)
	}
	return keys, append(argv, own...), nil
}

// input returns the keys and arguments that every writing script begins with, as
// lua/prelude/act.lua lists them. They have the lines of k's services. The day begins
// and ends at from and until, in milliseconds.
func (c scriptCall) input(k record, day clinic.Day, from, until int64, a Act, life time.Duration) (keys []string, argv []any) {
	return actKeys(k.Clinic, day, a.Key), []any{
		k.rev, from, until, newEpoch(), string(k.ID), fingerprint(c.name, c.ref, c.same),
		int(life.Seconds()), a.By.Kind, a.By.Name, a.By.Device, k.ServiceIDs(),
	}
}

// interpret returns what a reply means: a result, a refusal, or that the store's
// knowledge is stale.
func (c scriptCall) interpret(reply []any, confirmed bool) (result string, stale bool, err error) {
	text := func(i int) string {
		t, _ := reply[min(i, len(reply)-1)].(string)
		return t
	}
	switch text(0) {
	case "ok", "again":
		if !confirmed {
			return "", false, ErrUnconfirmed
		}
		return text(1), false, nil
	case "refused":
		if len(reply) > 2 {
			return "", false, fmt.Errorf("%w: %v", refusal.ByCode(text(1)), reply[2])
		}
		return "", false, refusal.ByCode(text(1))
	case "stale":
		if text(1) == "day" && c.day != "" {
			return "", false, ErrDayOver
		}
		return "", true, nil
	}
	return "", false, fmt.Errorf("script %s: unknown reply %q", c.name, text(0))
}

// refresh brings up to date what a script found stale: its reply is
// {"stale", kind, …}.
func (s *Store) refresh(ctx context.Context, ref clinic.Ref, reply []any) error {
	kind, _ := reply[1].(string)
	switch kind {
	case "record":
		_, err := s.reread(ctx, ref.Clinic)
		return err
	case "day", "time":
		s.learnTime(reply[2])
	case "reception":
		s.learnManual(ref, reply[2:])
	case "ticket": // it is read again
	case "bookings":
		return s.openBookings(ctx, ref.Clinic)
	case "surge":
		return s.pauseWeb(ctx, ref)
	case "new":
		return s.openDay(ctx, ref.Clinic)
	case "epoch":
		epoch, _ := reply[2].(string)
		return s.RenewEpoch(ctx, ref.Clinic, epoch)
	default:
		return fmt.Errorf("script: unknown stale knowledge %q", kind)
	}
	return nil
}

// learnTime corrects the store's idea of Redis time by what a script returned.
func (s *Store) learnTime(ms any) {
	if n, ok := ms.(int64); ok {
		s.skew.Store(n - s.clock().UnixMilli())
	}
}

// fingerprint is what is kept of a request, to distinguish a repeat from another request.
func fingerprint(name string, ref clinic.Ref, request []string) string {
	h := sha256.New()
	for _, part := range append([]string{name, ref.String()}, request...) {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

// newEpoch returns a random id for a day.
func newEpoch() string { return strings.ToLower(rand.Text()[:10]) }
