package main

import (
	"time"

	"junban/queue/estimate"
)

// scenario is a type of clinic. common has the defaults.
type scenario struct {
	Name    string
	Summary string // one line, for the table

	Rooms   int
	Kinds   []kind
	Speed   float64      // coefficient of variation of a doctor's speed from day to day
	Paces   []float64    // usual ratio of each room's visit times to the mean; nil: 1
	Slows   float64      // share by which visits at the session's end take longer than at its start
	Absent  float64      // share of first calls
	Returns float64      // share of the absent
	Back    distribution // time until the return
	Lost    distribution // time that a missed call occupies the room
	Cancel  float64      // per hour of waiting

	Late       distribution  // delay of the doctors' start
	KnownAfter time.Duration // time after the start at which the desk learns of a late start
	Urgent     float64       // inserts per hour
	UrgentTook distribution  // visit time of an insert
	Out        distribution  // duration of an exam
	ExamTook   distribution  // visit time after an exam
	Bursts     int           // quarter hours in which half of the called are absent
	Stop       bool          // the web desk closes by the projected end
	Pause      time.Duration // a break in the middle of the session
	Arrive     []float64     // per minute and room, in each third of the session
	Opening    int           // patients per room when numbers are first issued
	Early      time.Duration // time from then to the start
	Booking    *booking      // nil: order mode
	More       int           // times as many sessions are evaluated, because few have tickets five ahead; 0: 1
	Exemption  string        // reason for the exemption from the limit of today's average
}

// kind is a kind of visit. Kinds of the same name are one kind to the estimator.
type kind struct {
	Name  string
	Share float64
	Took  distribution
	Exam  float64 // share sent to an exam
}

// distribution is the distribution of a time.
type distribution struct {
	Minutes float64
	CV      float64
	Gamma   bool // instead of lognormal
}

const (
	service = "1"
	back    = 3 // places that an absent ticket moves back
	length  = 3 * time.Hour
)

// common returns a morning of one doctor, with the figures of domain §3.3.
func common() scenario {
	return scenario{
		Rooms: 1,
		Kinds: []kind{
			{estimate.KindOf(service), 0.60, distribution{Minutes: 4, CV: 0.6}, 0},
			{estimate.FirstKind(service), 0.25, distribution{Minutes: 8, CV: 0.6}, 0},
			{estimate.KindOf(estimate.OfType(service, "shot")), 0.15, distribution{Minutes: 2.5, CV: 0.6}, 0},
		},
		Speed:   0.15,
		Absent:  0.08,
		Returns: 0.7,
		Back:    distribution{Minutes: 8, CV: 0.7},
		Lost:    distribution{Minutes: 1, CV: 0.4},
		Cancel:  0.045,
		Arrive:  []float64{0.22, 0.20, 0.12},
		Opening: 10,
		Early:   time.Minute,
	}
}

// scenarios returns all scenarios, each a variation of common.
func scenarios() []scenario {
	with := func(name, summary string, change func(*scenario)) scenario {
		s := common()
		s.Name, s.Summary = name, summary
		change(&s)
		return s
	}
	return []scenario{
		with("one doctor", "10 waiting at the start, 3 kinds of visit, 8 % absent, doctor's speed ±15 % a day", func(*scenario) {}),
		with("two doctors", "the same for each of two", func(s *scenario) { s.Rooms = 2 }),
		with("late doctor", "begins 15 ± 7 min late; the desk learns of it 5 min after the start", func(s *scenario) {
			s.Late, s.KnownAfter = distribution{Minutes: 15, CV: 0.45}, 5*time.Minute
			s.Exemption = "patients at the door get an estimate before the delay is known"
		}),
		with("exam loops", "30 % of first visits and 12 % of others go to an exam of 15 min and come back first", func(s *scenario) {
			s.Kinds[0].Exam, s.Kinds[1].Exam = 0.12, 0.30
			s.Out, s.ExamTook = distribution{Minutes: 15, CV: 0.4}, distribution{Minutes: 3, CV: 0.6}
			s.Arrive = []float64{0.20, 0.17, 0.10}
		}),
		with("urgent inserts", "0.6 an hour, of 8 min, at the head of the line", func(s *scenario) {
			s.Urgent, s.UrgentTook = 0.6, distribution{Minutes: 8, CV: 0.6}
			s.Arrive = []float64{0.20, 0.17, 0.10}
		}),
		with("bursts of absentees", "three quarter hours in which half of the called are absent", func(s *scenario) {
			s.Bursts, s.Absent = 3, 0.05
		}),
		with("automatic stop", "the desk closes while a new ticket would end after the session", func(s *scenario) {
			s.Stop = true
			s.Arrive = []float64{0.26, 0.24, 0.18}
		}),
		with("early numbers", "the first 10 come in the 20 min before the start", func(s *scenario) {
			s.Early = 20 * time.Minute
			s.Exemption = "every wait includes the known time until the start, so the average is more accurate"
		}),
		with("a break", "two doctors, 15 min of break each in the middle; gamma instead of lognormal times", func(s *scenario) {
			s.Rooms, s.Pause = 2, 15*time.Minute
			for i := range s.Kinds {
				s.Kinds[i].Took.Gamma = true
			}
		}),
		with("heavy tails", "one kind of visit of 5 min, with a coefficient of variation of 1.5", func(s *scenario) {
			s.Kinds = []kind{{estimate.KindOf(service), 1, distribution{Minutes: 5, CV: 1.5}, 0}}
			s.Arrive = []float64{0.19, 0.17, 0.10}
			s.Exemption = "the length of a visit cannot be predicted"
		}),
		with("hidden kinds", "one kind hides two: 85 % of 3 min and 15 % of 20 min", func(s *scenario) {
			s.Kinds = []kind{
				{estimate.KindOf(service), 0.85, distribution{Minutes: 3, CV: 0.5}, 0},
				{estimate.KindOf(service), 0.15, distribution{Minutes: 20, CV: 0.5}, 0},
			}
			s.Arrive = []float64{0.18, 0.16, 0.10}
			s.Exemption = "the length of a visit cannot be predicted"
		}),
		with("slowing doctor", "visits at the session's end take 40 % longer than at its start", func(s *scenario) {
			s.Slows = 0.4
		}),
		with("uneven doctors", "three; visits take 0.7, 1 and 1.4 times the mean", func(s *scenario) {
			s.Rooms, s.Paces = 3, []float64{0.7, 1, 1.4}
		}),
		with("lost absentees", "30 % are absent when called, and none returns", func(s *scenario) {
			s.Absent, s.Returns = 0.3, 0
			s.Exemption = "absences cannot be predicted"
			s.Arrive = []float64{0.28, 0.25, 0.15}
		}),
		with("two-minute visits", "the same line, of visits of 2 min", func(s *scenario) {
			for i := range s.Kinds {
				s.Kinds[i].Took.Minutes *= 2 / 4.775
			}
			s.Opening = 24
			s.Arrive = []float64{0.50, 0.45, 0.27}
		}),
		with("slots on time", "slots of 30 min of 4 + 2 seats; 5 are booked and walk-ins take the other; 8 % do not come", func(s *scenario) {
			s.Opening, s.Arrive, s.Booking = 0, nil, halfHours(0.08)
			s.More = 4
			s.Exemption = "slots make all waits similar, so the average is more accurate"
		}),
		with("slots, doctor late", "begins 30 ± 9 min late; the desk learns of it 5 min after the start; 15 % do not come", func(s *scenario) {
			s.Opening, s.Arrive, s.Booking = 0, nil, halfHours(0.15)
			s.Late, s.KnownAfter = distribution{Minutes: 30, CV: 0.3}, 5*time.Minute
			s.Exemption = "slots make all waits similar, so the average is more accurate"
		}),
	}
}
