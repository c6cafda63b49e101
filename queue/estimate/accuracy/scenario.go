package main

import (
	"time"

	"junban/queue/estimate"
)

// scenario is a kind of clinic. What all have in common is in common().
type scenario struct {
	Name string
	Says string // in one line, for the table

	Rooms   int
	Kinds   []kind
	Speed   float64 // coefficient of variation of a doctor's speed from day to day
	Absent  float64 // share of first calls
	Returns float64 // of the absent
	Back    law     // how long they are away
	Lost    law     // what a call in vain takes
	Cancel  float64 // per hour of waiting

	Late    law           // how late the doctors begin
	Told    time.Duration // so long after the start the desk learns of it
	Urgent  float64       // inserts per hour
	Hurry   law           // what one takes
	Out     law           // what an exam takes
	After   law           // the consultation after it
	Bursts  int           // quarters of an hour in which half of the called are absent
	Stop    bool          // the web desk closes by the projected finish
	Pause   time.Duration // a break in the middle of the session
	Arrive  []float64     // per minute and room, in each third of the session
	Opening int           // per room, when the numbers begin to be given
	Early   time.Duration // before the start that is
	Waive   string        // why the bar against the average of today is not held; figures beside it
}

// kind is a sort of visit.
type kind struct {
	Name  string
	Share float64
	Took  law
	Exam  float64 // share sent to an exam
}

// law is the distribution of a time: mean and coefficient of variation.
type law struct {
	Minutes float64
	CV      float64
	Gamma   bool // else lognormal
}

const (
	service = "1"
	back    = 3 // places an absentee moves back
	length  = 3 * time.Hour
)

// common is one doctor's morning, with the figures of domain §3.3.
func common() scenario {
	return scenario{
		Rooms: 1,
		Kinds: []kind{
			{estimate.KindOf(service), 0.60, law{Minutes: 4, CV: 0.6}, 0},
			{estimate.FirstKind(service), 0.25, law{Minutes: 8, CV: 0.6}, 0},
			{estimate.KindOf(estimate.OfType(service, "shot")), 0.15, law{Minutes: 2.5, CV: 0.6}, 0},
		},
		Speed:   0.15,
		Absent:  0.08,
		Returns: 0.7,
		Back:    law{Minutes: 8, CV: 0.7},
		Lost:    law{Minutes: 1, CV: 0.4},
		Cancel:  0.045,
		Arrive:  []float64{0.22, 0.20, 0.12},
		Opening: 10,
		Early:   time.Minute,
	}
}

// scenarios returns all, each a change of the common one.
func scenarios() []scenario {
	with := func(name, says string, change func(*scenario)) scenario {
		s := common()
		s.Name, s.Says = name, says
		change(&s)
		return s
	}
	return []scenario{
		with("one doctor", "10 waiting at the start, 3 kinds of visit, 8 % absent, doctor's speed ±15 % a day", func(*scenario) {}),
		with("two doctors", "the same for each of two", func(s *scenario) { s.Rooms = 2 }),
		with("late doctor", "begins 15 ± 7 min late; the desk learns when 5 min after the start", func(s *scenario) {
			s.Late, s.Told = law{Minutes: 15, CV: 0.45}, 5*time.Minute
			s.Waive = "those at the door are told before anybody knows how late it will be"
		}),
		with("exam loops", "30 % of first visits and 12 % of others go to an exam of 15 min and come back first", func(s *scenario) {
			s.Kinds[0].Exam, s.Kinds[1].Exam = 0.12, 0.30
			s.Out, s.After = law{Minutes: 15, CV: 0.4}, law{Minutes: 3, CV: 0.6}
			s.Arrive = []float64{0.20, 0.17, 0.10}
		}),
		with("urgent inserts", "0.6 an hour, of 8 min, at the head of the line", func(s *scenario) {
			s.Urgent, s.Hurry = 0.6, law{Minutes: 8, CV: 0.6}
			s.Arrive = []float64{0.20, 0.17, 0.10}
		}),
		with("bursts of absentees", "three quarters of an hour in which half of the called are not there", func(s *scenario) {
			s.Bursts, s.Absent = 3, 0.05
		}),
		with("automatic stop", "the desk closes while a new ticket would end after the session", func(s *scenario) {
			s.Stop = true
			s.Arrive = []float64{0.26, 0.24, 0.18}
		}),
		with("early numbers", "the first 10 come in the 20 min before the start", func(s *scenario) {
			s.Early = 20 * time.Minute
			s.Waive = "the known time until the start is in every wait, and makes the average truer"
		}),
		with("a break", "two doctors, 15 min of break each in the middle; gamma instead of lognormal times", func(s *scenario) {
			s.Rooms, s.Pause = 2, 15*time.Minute
			for i := range s.Kinds {
				s.Kinds[i].Took.Gamma = true
			}
		}),
	}
}
