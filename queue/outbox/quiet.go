package outbox

import (
	"cmp"
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// The quiet hours of a clinic that sets none.
const (
	quietFrom = hours.Clock("21:00")
	quietEnd  = hours.Clock("08:00")
)

// quietUntil returns the millisecond at which the quiet hours end, or 0 outside of them.
// The time has the clinic's zone.
func quietUntil(q clinic.Quiet, now time.Time) (int64, error) {
	from, err := cmp.Or(q.From, quietFrom).Minutes()
	if err != nil {
		return 0, err
	}
	until, err := cmp.Or(q.Until, quietEnd).Minutes()
	if err != nil {
		return 0, err
	}
	at := now.Hour()*60 + now.Minute()
	y, m, d := now.Date()
	switch end := time.Date(y, m, d, 0, until, 0, 0, now.Location()); {
	case from <= until && from <= at && at < until, from > until && at < until:
		return end.UnixMilli(), nil
	case from > until && at >= from:
		return end.AddDate(0, 0, 1).UnixMilli(), nil
	}
	return 0, nil
}
