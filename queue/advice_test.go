package queue_test

import (
	"testing"
	"time"

	"junban/queue"
)

// TestAdvice_IsOneTable is the rule for "come now", and all that goes before it.
func TestAdvice_IsOneTable(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		when, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	waiting := func(now, start string, few bool, wait int) queue.Situation {
		s := queue.Situation{State: queue.Waiting, Few: few, Now: at(now), Wait: time.Duration(wait) * time.Minute}
		if start != "" {
			s.Start = at(start)
		}
		return s
	}
	with := func(s queue.Situation, change func(*queue.Situation)) queue.Situation { change(&s); return s }
	short := func(s queue.Situation, end string) queue.Situation {
		return with(s, func(s *queue.Situation) { s.Short, s.End = true, at(end) })
	}
	for name, tt := range map[string]struct {
		is   queue.Situation
		want queue.Advice
	}{
		"web opens at 6, consultation at 9, first of the day": {waiting("06:05", "09:00", true, 170), queue.AdviseStart},
		"the same, many ahead":                                {waiting("06:05", "09:00", false, 230), queue.AdviseWait},
		"the session begins in half an hour":                  {waiting("08:30", "09:00", true, 30), queue.AdviseCome},
		"in 31 minutes":                                       {waiting("08:29", "09:00", true, 31), queue.AdviseStart},
		"in 31 minutes, no estimate":                          {waiting("08:29", "09:00", true, -1), queue.AdviseStart},
		"not begun, but the room calls already":               {waiting("08:20", "09:00", true, 5), queue.AdviseCome},
		"a booking of 15:00 at 8:10":                          {waiting("08:10", "15:00", true, 410), queue.AdviseStart},
		"a later session while the morning runs":              {waiting("11:50", "15:00", true, 190), queue.AdviseStart},
		"the session has begun, few ahead":                    {waiting("09:10", "09:00", true, 10), queue.AdviseCome},
		"begun, few ahead, the estimate is far":               {waiting("09:10", "09:00", true, 75), queue.AdviseCome},
		"begun, many ahead, the estimate is near":             {waiting("09:10", "09:00", false, 10), queue.AdviseWait},
		"no timetable":                                        {waiting("06:05", "", true, -1), queue.AdviseCome},
		"asked to come by a notice":                           {with(waiting("09:10", "09:00", false, 40), func(s *queue.Situation) { s.Sent = true }), queue.AdviseCome},
		"asked to come, and here": {with(waiting("09:10", "09:00", false, 40), func(s *queue.Situation) {
			s.Sent, s.Presence = true, queue.Here
		}), queue.AdviseHere},
		"asked to come, its turn is after the end since": {with(short(waiting("10:40", "09:00", false, 25), "11:00"), func(s *queue.Situation) { s.Sent = true }), queue.AdviseShort},
		"asked to come for a slot":                       {queue.Situation{State: queue.Booked, Sent: true}, queue.AdviseCome},
		"asked to come, of a day to come":                {queue.Situation{State: queue.Booked, Sent: true, Later: true}, queue.AdviseLater},
		"arrived":                                        {with(waiting("06:05", "09:00", true, 170), func(s *queue.Situation) { s.Presence = queue.Here }), queue.AdviseHere},
		"out":                                            {with(waiting("09:10", "09:00", true, 5), func(s *queue.Situation) { s.Presence = queue.Out }), queue.AdviseCome},
		"closed":                                         {with(waiting("09:10", "", true, 5), func(s *queue.Situation) { s.Closed = true }), queue.AdviseClosed},
		"closed, and in the clinic": {with(waiting("09:10", "", true, 5), func(s *queue.Situation) {
			s.Closed, s.Presence = true, queue.Here
		}), queue.AdviseHere},
		"shorter, its turn is before the end":            {short(waiting("09:10", "09:00", true, 5), "11:00"), queue.AdviseCome},
		"shorter, its turn is after the end":             {short(waiting("10:40", "09:00", true, 25), "11:00"), queue.AdviseShort},
		"shorter, many ahead, the turn is after the end": {short(waiting("09:10", "09:00", false, 170), "11:00"), queue.AdviseShort},
		"shorter, and over":                              {short(waiting("11:01", "09:00", true, -1), "11:00"), queue.AdviseShort},
		"shorter, in the clinic": {with(short(waiting("11:01", "09:00", true, -1), "11:00"), func(s *queue.Situation) {
			s.Presence = queue.Here
		}), queue.AdviseHere},
		"shorter, of a day to come": {with(short(waiting("11:01", "09:00", true, -1), "23:00"), func(s *queue.Situation) {
			s.Later = true
		}), queue.AdviseLater},
		"a day to come":                    {with(waiting("09:10", "", true, -1), func(s *queue.Situation) { s.Later = true }), queue.AdviseLater},
		"booked":                           {queue.Situation{State: queue.Booked}, queue.AdviseLater},
		"booked, closed since":             {queue.Situation{State: queue.Booked, Later: true, Closed: true}, queue.AdviseClosed},
		"booked at the desk, closed since": {queue.Situation{State: queue.Booked, Later: true, Closed: true, Presence: queue.Here}, queue.AdviseClosed},
		"called":                           {queue.Situation{State: queue.Called, Closed: true}, queue.AdviseEnter},
		"being seen":                       {queue.Situation{State: queue.InService}, queue.AdviseStay},
		"exam":                             {queue.Situation{State: queue.Held, Exam: true}, queue.AdviseExam},
		"lost":                             {queue.Situation{State: queue.Lost}, queue.AdviseLost},
		"held":                             {queue.Situation{State: queue.Held}, queue.AdviseDesk},
		"absent, never arrived":            {queue.Situation{State: queue.Absent, Few: true}, queue.AdviseMissed},
		"absent, went out":                 {queue.Situation{State: queue.Absent, Presence: queue.Out}, queue.AdviseAbsent},
		"absent, and back":                 {queue.Situation{State: queue.Absent, Presence: queue.Here}, queue.AdviseAbsentHere},
		"done":                             {queue.Situation{State: queue.Done}, queue.AdviseNone},
		"cancelled":                        {queue.Situation{State: queue.Cancelled}, queue.AdviseCancelled},
		"did not come":                     {queue.Situation{State: queue.NoShow}, queue.AdviseCancelled},
	} {
		if got := tt.is.Advice(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
