package queuetest

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// TestSlots is the part of the conformance suite about slot mode (booking.md §5). Its
// parts share one line, and run one after another because each sets the clock.
func TestSlots(t *testing.T, line func(t *testing.T) (Line, func(time.Time))) {
	l, set := line(t)
	for _, part := range []struct {
		name string
		test func(*clocked)
	}{
		{"ABookingGetsItsNumberAndPlaceAtTheArrival", testSlotArrival},
		{"ArrivalsAreInOrderWithinASlot", testSlotOrder},
		{"TheEntranceCodeWorksFromATimeOn", testSlotEntrance},
		{"ALateArrivalStandsByTheRule", testSlotLate},
		{"AnArrivalIsUndone", testSlotArrivalUndo},
		{"EachBoundOfASlotIsExact", testSlotBounds},
		{"ASessionBoundsItsSlots", testSlotSession},
		{"FirstVisitsHaveSeatsOfTheirOwn", testSlotFirst},
		{"AVisitOfAKindTakesSeveralSeats", testSlotWeight},
		{"APersonMayBeASeat", testSlotPerPerson},
		{"SomeSlotsHaveOtherSeats", testSlotExceptions},
		{"SomeSeatsAreOfTheDayItself", testSlotEarly},
		{"OneOfManyGetsTheLastSeat", testSlotRace},
		{"SeatsComeBack", testSlotSeatsBack},
		{"ACancelIsUndoneThoughTheSlotIsFull", testSlotCancelUndo},
		{"OnePersonHasOneBookingADay", testSlotOneADay},
		{"OnePersonHasAFewBookings", testSlotMaxLive},
		{"TheSameKeyBooksOnce", testSlotKey},
		{"TheWebBooksUntilTheLead", testSlotLead},
		{"TheWebBooksTheDaysOfTheHorizon", testSlotHorizon},
		{"TheNewestDayOpensAtATime", testSlotOpensAt},
		{"TheWebMindsItsHoursAndTheDesk", testSlotReception},
		{"TheDeskBooksByTelephone", testSlotTelephone},
		{"AWalkInGetsTheFirstFreeSlot", testSlotWalkin},
		{"AWalkInMayBeUrgent", testSlotUrgent},
		{"BadRequestsLoseNothing", testSlotBad},
		{"NextReachesASlotThatBeginsSoon", testSlotReach},
		{"NextNeverLeavesAnEarlierSlotBehind", testSlotReachOver},
		{"TheSlotBeingSeenFollowsTheCalls", testSlotServing},
		{"FiguresCountTheHomeSlot", testSlotFigures},
		{"AReturnStaysInItsSlot", testSlotReturn},
		{"AnExamReturnsIntoItsSlot", testSlotExam},
		{"AMoveTakesTheSlotOfTheOneAhead", testSlotMove},
		{"ATransferKeepsTheSeat", testSlotTransfer},
		{"NumbersMayNameTheSlot", testSlotNumbers},
		{"NumbersOfSlotsNeverMeet", testSlotNumbersMeet},
		{"ABookingMovesWithinItsDay", testRebookSlot},
		{"ABookingMovesToAnotherDay", testRebookDay},
		{"ABookingKeepsItsSeatWhereTheOtherIsFull", testRebookFull},
		{"OneOfManyMovesToTheLastSeat", testRebookRace},
		{"ANumberMovesToAnotherDay", testRebookNumber},
		{"TheDeskChangesABooking", testEdit},
		{"AChangeTakesTheSeatsThatItNeeds", testEditSeats},
		{"AChangeOfThePatientMovesTheLimit", testEditPatient},
		{"AChangeInOrderMode", testEditOrder},
		{"ADateIsClosedWithItsBookings", testCloseDate},
		{"AnOwnerCancelsUntilTheDeadline", testCancelDeadline},
		{"AnOwnerCancelsWhileOthersAreAhead", testCancelAhead},
		{"WhoDoesNotComeIsANoShow", testSlotNoShow},
		{"ANoShowIsTakenBack", testSlotNoShowUndo},
		{"DaysShowTheirSlots", testSlotDays},
		{"TheNearestFreeSlots", testSlotNearest},
		{"SlotsOfANight", testSlotNight},
		{"SlotsOfADayOnWhichTheClocksLeap", testSlotClocksLeap},
		{"SlotsOfADayOnWhichTheClocksGoBack", testSlotClocksBack},
		{"TheClockLeapsOverADay", testSlotLeap},
		{"TheDayEndsWithItsBookings", testSlotRollover},
		{"TheModeStaysWhileBookingsLive", testSlotMode},
		{"ATimetableNeverMovesABooking", testSlotTimetable},
		{"BookingsOutsideTheTimetableAreListed", testSlotAffected},
	} {
		t.Run(part.name, func(t *testing.T) {
			b := tuesday(t, l, set)
			part.test(b)
			b.sound()
		})
	}
}

// bySlots puts service 1 into slot mode: 9 to 12 and 15 to 18 o'clock, in slots of half
// an hour with four seats for the web and two for the desk.
func (b *clocked) bySlots(change func(*clinic.Service)) {
	b.Helper()
	b.record(func(c *clinic.Clinic) {
		s := &c.Services[0]
		c.Calendar = everyDay(frame("morning", 9, 12, 0, 0), frame("afternoon", 15, 18, 0, 0))
		if !s.BySlot() {
			s.FillSlotDefaults()
		}
		if change != nil {
			change(s)
		}
	})
}

// slot is a request of the web for a slot of today.
func slot(at string) queue.Request {
	return queue.Request{Channel: "web", Party: 1, Slot: at, CodeHash: "good"}
}

// call is one of the desk by telephone.
func call(at string) queue.Request { return queue.Request{Channel: "desk", Party: 1, Slot: at} }

// walkin is one of a patient at the desk; at "" for the first free slot.
func walkin(at string) queue.Request {
	return queue.Request{Channel: "desk", Party: 1, Slot: at, Walkin: true}
}

// on asks for a slot of another day.
func on(day clinic.Day, q queue.Request) queue.Request {
	q.Day = day
	return q
}

// of asks for a person.
func of(q queue.Request, hashes ...string) queue.Request {
	q.Persons = hashes
	return q
}

// override insists.
func override(q queue.Request) queue.Request {
	q.Override = true
	return q
}

// no expects that a request is refused, and that it has changed nothing.
func (b *clocked) no(q queue.Request, want error) {
	b.Helper()
	before := b.mustSnapshot().Version
	_, err := b.ask(q)
	b.refused(err, want)
	b.equal("a refusal changes nothing: version", b.mustSnapshot().Version, before)
}

// arrive is the patient's arrival at the desk.
func (b *clocked) arrive(t queue.Ticket) queue.Ticket {
	b.Helper()
	t, err := b.Arrival(b.Context(), t.ID, queue.ByDesk, staff)
	b.ok(err)
	return t
}

// arrived books a slot, and its patient arrives.
func (b *clocked) arrived(q queue.Request) queue.Ticket {
	b.Helper()
	return b.arrive(b.given(q).Ticket)
}

// state is a slot of today as the snapshot has it.
func (b *clocked) state(at string) queue.SlotState {
	b.Helper()
	for _, s := range b.line().Slots {
		if s.Slot == at {
			return s
		}
	}
	b.Fatalf("there is no slot %s today", at)
	return queue.SlotState{}
}

// used compares the seats of a slot of today that are taken.
func (b *clocked) used(at string, web, desk, first int) {
	b.Helper()
	s := b.state(at)
	b.equal("seats of "+at, [3]int{s.Web.Used, s.Desk.Used, s.First.Used}, [3]int{web, desk, first})
}

// served compares the public figures of the slot being seen.
func (b *clocked) served(serving string, booked, called int) {
	b.Helper()
	l := b.line()
	b.equal("slot being seen", l.Serving, serving)
	if serving != "" {
		s := b.state(serving)
		b.equal("booked and called", [2]int{s.Booked, s.Called}, [2]int{booked, called})
	}
}

// ticket reads a ticket again.
func (b *clocked) ticket(t queue.Ticket) queue.Ticket {
	b.Helper()
	t, err := b.Ticket(b.Context(), t.ID)
	b.ok(err)
	return t
}
