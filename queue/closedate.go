package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"junban/queue/clinic"
)

// CloseDate cancels the bookings of a service's day, or of a session of it, with
// [ReasonClinic], and returns how many. These are the booked tickets, and of a day to
// come also those that have their numbers. Their seats are offered again at once. A large
// day takes several scripts: after an error some may be done, and the same key does the
// rest. To stop further bookings, close the day before: [clinic.Service.Close]. Refusals: [clinic.ErrNoService], [ErrDayOver].
func (s *Store) CloseDate(ctx context.Context, ref clinic.Ref, day clinic.Day, session string, a Act) (n int, err error) {
	for part := 0; ; part++ {
		step := a
		if a.Key != "" && part > 0 {
			step.Key += " " + strconv.Itoa(part)
		}
		result, _, err := s.act(ctx, scriptCall{name: "close_date", ref: ref, day: day, same: []string{string(day), session}, early: true}, step, func(k record, day clinic.Day) ([]any, error) {
			if _, ok := k.Service(ref.Service); !ok {
				return nil, clinic.ErrNoService
			}
			return []any{ref.Service, session, btoi(day > k.DayOf(s.now(), k.loc)), markedAtOnce}, nil
		})
		if err != nil {
			return n, fmt.Errorf("close %s of %s: %w", day, ref, err)
		}
		text, more := strings.CutSuffix(result, "+")
		done, err := strconv.Atoi(text)
		if err != nil {
			return n, errors.New("close_date: unknown result")
		}
		if n += done; !more {
			return n, nil
		}
	}
}
