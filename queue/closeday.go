package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// closeAtOnce is how many tickets one script closes at most, so that no script holds up
// Redis.
const closeAtOnce = 100

// Figures are what is kept of a day without end: no names, no tickets.
type Figures struct {
	Day      clinic.Day                `json:"day"`
	Services map[string]ServiceFigures `json:"services"`
}

// ServiceFigures are those of the tickets issued for one service.
type ServiceFigures struct {
	Issued map[string]int `json:"issued"` // tickets by channel
	Ended  map[State]int  `json:"ended"`  // tickets by how they ended
	First  int            `json:"first"`  // first visits
	People int            `json:"people"`
	Called int            `json:"called"` // tickets that were called
	Mean   time.Duration  `json:"mean"`   // from the issue to the last call, of the called
	Max    time.Duration  `json:"max"`
}

// FiguresOf sums up a day's tickets.
func FiguresOf(d clinic.Day, tickets []Ticket) Figures {
	f := Figures{d, map[string]ServiceFigures{}}
	for _, t := range tickets {
		service := t.ID.Ref().Service
		s, ok := f.Services[service]
		if !ok {
			s = ServiceFigures{Issued: map[string]int{}, Ended: map[State]int{}}
		}
		s.Issued[t.Channel]++
		s.Ended[t.State]++
		s.People += t.Party
		if t.FirstVisit {
			s.First++
		}
		if !t.Called.IsZero() {
			wait := t.Called.Sub(t.Issued)
			s.Mean = (s.Mean*time.Duration(s.Called) + wait) / time.Duration(s.Called+1)
			s.Max = max(s.Max, wait)
			s.Called++
		}
		f.Services[service] = s
	}
	return f
}

// CloseDay ends a day that is over (domain §5.5), and keeps its figures. A ticket that
// waits, is absent or held becomes a no-show, one in a room is done. The reason of both
// is [ReasonDayEnd]. It may be repeated, also after an interruption, and by many nodes
// at once. It refuses [ErrDayOpen] before the day is over. A day that was never opened
// needs no closing. If the clock leapt past the end and returned, the next act opens
// the day again. The closed tickets stay so (domain §1.8 point 7).
func (s *Store) CloseDay(ctx context.Context, c clinic.ID, d clinic.Day) error {
	if err := s.closeDay(ctx, c, d); err != nil {
		return fmt.Errorf("close %s of clinic %s: %w", d, c, err)
	}
	return nil
}

func (s *Store) closeDay(ctx context.Context, c clinic.ID, d clinic.Day) error {
	k, err := s.record(ctx, c)
	if err != nil {
		return err
	}
	until, err := s.rdb.ZScore(ctx, keyDays(c), string(d)).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	tickets, err := s.tickets(ctx, c, d)
	if err != nil {
		return err
	}
	all := clinic.Clinic{ID: c, Services: slices.Clone(k.Services)}
	for _, t := range tickets { // also of services that have left the record since
		for _, id := range []string{t.ID.Ref().Service, t.line()} {
			if _, ok := all.Service(id); !ok {
				all.Services = append(all.Services, clinic.Service{ID: id})
			}
		}
	}
	call := scriptCall{name: "close_day", ref: clinic.Ref{Clinic: c}}
	for result := ""; result != "closed"; {
		a, life := keyed(Act{By: clinic.Actor{Kind: "system"}})
		keys, argv := call.input(record{Clinic: all, rev: k.rev}, d, 0, int64(until), a, life)
		reply, err := s.run(ctx, call.name, keys, append(argv, closeAtOnce))
		if err != nil {
			return err
		}
		if result, _, err = call.interpret(reply, true); err != nil {
			return err
		}
	}
	s.acted(c, d)
	return s.keepFigures(ctx, c, d, until)
}

// keepFigures writes a closed day's figures, and takes it off the list of those to be
// closed. No client acts on such a day any more.
func (s *Store) keepFigures(ctx context.Context, c clinic.ID, d clinic.Day, until float64) error {
	raw, err := s.tickets(ctx, c, d)
	if err != nil {
		return err
	}
	tickets := make([]Ticket, len(raw))
	for i, j := range raw {
		tickets[i] = j.ticket()
	}
	figures, err := json.Marshal(FiguresOf(d, tickets))
	if err != nil {
		return err
	}
	if err := s.forgetPersons(ctx, c, d); err != nil {
		return err
	}
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, keyFigures(c), string(d), figures)
		p.ZAdd(ctx, keyKept(c), redis.Z{Score: until, Member: string(d)})
		p.ZRem(ctx, keyDays(c), string(d))
		return nil
	})
	return err
}

// Figures returns what was kept of a closed day, also when the day itself has
// been removed. The zero Figures stand for a day of which nothing was kept.
func (s *Store) Figures(ctx context.Context, c clinic.ID, d clinic.Day) (Figures, error) {
	text, err := s.rdb.HGet(ctx, keyFigures(c), string(d)).Result()
	if errors.Is(err, redis.Nil) {
		return Figures{}, nil
	}
	var f Figures
	if err == nil {
		err = json.Unmarshal([]byte(text), &f)
	}
	if err != nil {
		return Figures{}, fmt.Errorf("figures of %s of clinic %s: %w", d, c, err)
	}
	return f, nil
}

// tickets reads all of a day.
func (s *Store) tickets(ctx context.Context, c clinic.ID, d clinic.Day) ([]ticketJSON, error) {
	found := map[TicketID]ticketJSON{} // a scan may bring one twice
	scan := s.rdb.HScan(ctx, DayKey(c, d, "tickets"), 0, "", 1000).Iterator()
	for scan.Next(ctx) { // field and value in turn
		if !scan.Next(ctx) {
			break
		}
		var j ticketJSON
		if err := json.Unmarshal([]byte(scan.Val()), &j); err != nil {
			return nil, err
		}
		found[j.ID] = j
	}
	return slices.Collect(maps.Values(found)), scan.Err()
}

// DaysOver lists a clinic's days that are over and not closed, by their end.
func (s *Store) DaysOver(ctx context.Context, c clinic.ID) ([]clinic.Day, error) {
	now := strconv.FormatInt(s.now().UnixMilli(), 10)
	over, err := s.rdb.ZRangeByScore(ctx, keyDays(c), &redis.ZRangeBy{Min: "-inf", Max: now}).Result()
	if err != nil {
		return nil, fmt.Errorf("days of clinic %s: %w", c, err)
	}
	days := make([]clinic.Day, len(over))
	for i, d := range over {
		days[i] = clinic.Day(d)
	}
	return days, nil
}

// ClosedDay is a closed day of which more is kept than its figures.
type ClosedDay struct {
	Day clinic.Day
	End time.Time
}

// ClosedDays lists the n newest of a clinic's closed days, the newest first; all
// of them for 0.
func (s *Store) ClosedDays(ctx context.Context, c clinic.ID, n int) ([]ClosedDay, error) {
	kept, err := s.rdb.ZRevRangeWithScores(ctx, keyKept(c), 0, int64(n)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("days of clinic %s: %w", c, err)
	}
	days := make([]ClosedDay, len(kept))
	for i, z := range kept {
		day, _ := z.Member.(string)
		days[i] = ClosedDay{clinic.Day(day), time.UnixMilli(int64(z.Score))}
	}
	return days, nil
}

// RemovePatients removes who the tickets of a closed day were for, and reports
// whether anything was left of them.
func (s *Store) RemovePatients(ctx context.Context, c clinic.ID, d clinic.Day) (bool, error) {
	n, err := s.rdb.Unlink(ctx, DayKey(c, d, "patients")).Result()
	if err != nil {
		return false, fmt.Errorf("remove the patients of %s of clinic %s: %w", d, c, err)
	}
	return n > 0, nil
}

// RemoveDay removes all that is kept of a closed day but its figures.
func (s *Store) RemoveDay(ctx context.Context, c clinic.ID, d clinic.Day) error {
	k, err := s.record(ctx, c)
	if err != nil {
		return err
	}
	if err := s.removeDay(ctx, k.Clinic, d); err != nil {
		return fmt.Errorf("remove %s of clinic %s: %w", d, c, err)
	}
	return nil
}

// removeDay removes all keys of a closed day.
func (s *Store) removeDay(ctx context.Context, c clinic.Clinic, d clinic.Day) error {
	f, err := s.Figures(ctx, c.ID, d)
	if err != nil {
		return err
	}
	all := clinic.Clinic{ID: c.ID, Services: slices.Clone(c.Services)}
	for id := range f.Services {
		if _, ok := all.Service(id); !ok {
			all.Services = append(all.Services, clinic.Service{ID: id})
		}
	}
	keys := lineKeys(all, d)
	for _, what := range []string{"meta", "log", "tickets", "patients", "rooms", "called", "ended", "cuts"} {
		keys = append(keys, DayKey(c.ID, d, what))
	}
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Unlink(ctx, keys...)
		p.ZRem(ctx, keyKept(c.ID), string(d))
		return nil
	})
	return err
}
