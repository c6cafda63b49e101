package queuetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// bench is one clinic under test.
type bench struct {
	*testing.T
	Line
	clinic clinic.Clinic
	ref    clinic.Ref // service 1
}

var staff = queue.Act{By: clinic.Actor{Kind: "staff", Name: "desk"}}

func (b *bench) issue(n int) []queue.Ticket {
	b.Helper()
	var ts []queue.Ticket
	for range n {
		i, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1, CodeHash: "good"}, queue.Act{})
		b.ok(err)
		ts = append(ts, i.Ticket)
	}
	return ts
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) refused(err error, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Fatalf("got %v, want the refusal %q", err, want)
	}
}

func (b *bench) next(room string) queue.Ticket {
	b.Helper()
	t, err := b.CallNext(b.Context(), b.ref, room, staff)
	b.ok(err)
	return t
}

func (b *bench) do(t queue.Ticket, kinds ...queue.ActKind) queue.Ticket {
	b.Helper()
	for _, v := range kinds {
		var err error
		if v == queue.Call {
			t, err = b.Call(b.Context(), t.ID, "1", staff)
		} else {
			t, err = b.Do(b.Context(), t.ID, v, staff)
		}
		b.ok(err)
	}
	return t
}

func (b *bench) line() queue.Line {
	b.Helper()
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	l, ok := snap.Line(b.ref.Service)
	if !ok {
		b.Fatalf("snapshot of %s has no service %s", b.clinic.ID, b.ref.Service)
	}
	return *l
}

func numbersOf(ts []queue.Ticket) []int {
	out := []int{}
	for _, t := range ts {
		out = append(out, t.Number)
	}
	return out
}

func (b *bench) waits(want ...int) {
	b.Helper()
	if got := numbersOf(b.line().Waiting); !slices.Equal(got, want) {
		b.Fatalf("waiting %v, want %v", got, want)
	}
}

func (b *bench) equal(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(queue.Ticket{})); diff != "" {
		b.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// TestLine is the conformance suite: whatever calls itself a line passes it.
// line is called once for each part.
func TestLine(t *testing.T, line func(t *testing.T) Line) {
	for _, part := range []struct {
		name string
		test func(*bench)
	}{
		{"NumbersAreDenseAndUniqueUnderConcurrency", testDense},
		{"TheSameKeyGivesTheSameTicket", testKeys},
		{"ALimitTakesFromEachBucketOrFromNone", testLimits},
		{"ARepeatedActIsNotLimited", testLimitOfRepeat},
		{"TheWebMindsTheReceptionAndTheDeskDoesNot", testReception},
		{"PartiesHaveBounds", testParty},
		{"NextTakesTheFirstAndFinishesTheRoom", testNext},
		{"TwoClerksGetDifferentTickets", testClerks},
		{"ACallNamesTheTicketInTheRoom", testExpectedRoom},
		{"AnActNamesTheTicketAsItWasSeen", testExpectedTicket},
		{"AnEmptyLineRefusesAndKeepsTheRoom", testEmpty},
		{"OneTicketMayBeCalledBeforeOthers", testCallOne},
		{"RoomsServeTheirServicesOnly", testRooms},
		{"CallingIsTheNewestNotTheGreatest", testCalling},
		{"EveryStateAllowsItsActsAndNoOthers", testGuards},
		{"AnAbsenteeReturnsThreePlacesBack", testAbsent},
		{"AbsenteesKeepTheirOrder", testAbsentOrder},
		{"AnAbsenteeGoesToTheEndOfThatMoment", testTail},
		{"AParkedAbsenteeGetsAPlaceAtTheReturn", testPark},
		{"AMissedCallMayWaitAgainAtOnce", testBackToWaiting},
		{"AMissedCallMayEndTheTicket", testTerminal},
		{"ALimitOfCallsEndsTheTicket", testCallLimit},
		{"NextPassesOverAFreshMissedCall", testCooldown},
		{"WhoReturnsSoonGetsTheFormerPlace", testTolerance},
		{"FromTheSecondAbsenceOnToTheEnd", testThenTail},
		{"NextPassesOverThoseNotHere", testSkipAway},
		{"PresenceIsApartFromTheState", testPresence},
		{"TheAbsentCountWhereTheClinicSaysSo", testCountAbsent},
		{"TheDeskGivesATicketUp", testNoShow},
		{"AnExamLeadsBackIntoTheLine", testExam},
		{"ATransferGoesByTheOtherLine", testTransfer},
		{"ATransferIsTakenBackIntoTheRoom", testTransferUndo},
		{"AMoveHasItsPlaceAndItsReason", testMove},
		{"MovesNeverRunOutOfPlaces", testMoveManyTimes},
		{"ALineKeepsTheOrderOfItsSessions", testSessionsApart},
		{"ARoomOffDutyIsCalledNobody", testDuty},
		{"CrowdedRoomsShareNobody", testCrowdedRooms},
		{"AHeldTicketKeepsItsPlace", testHold},
		{"ACancelNeedsTheCodeAndLocksAfterFive", testCancel},
		{"ALostTicketIsTakenInAgain", testLost},
		{"ALostTicketIsItsOwnersAgain", testLostOwner},
		{"ALostBookingIsTakenInAgain", testRestore},
		{"UndoWalksBackToTheIssue", testUndo},
		{"UndoOfACallRestoresTheFormerNumber", testUndoCall},
		{"UndoNeverPutsTwoIntoOneRoom", testUndoBusy},
		{"WaitingCountsPartiesAndAheadStopsAtOneself", testFigures},
		{"MessagesStandAndExpire", testMessages},
		{"VersionsGrowWithinAnEpoch", testVersions},
		{"ClinicsDoNotMeet", testTenants},
		{"RecordsAreValidatedReplacedAndRemoved", testRecords},
		{"AServiceStaysWhileItsTicketsLive", testServiceStays},
		{"TheSecretStays", testSecret},
		{"WindowsOpenAndCloseByTheTimetable", testWindows},
		{"TheOrderOfSessionsIsKept", testOrderOfSessions},
		{"TheDeskOverridesTheTimetable", testHand},
		{"NumbersMayBeginWithEachSession", testNumbersPerSession},
		{"NumbersHaveBands", testBands},
		{"NumbersAreKeptForTheDesk", testKeptNumbers},
		{"AnUrgentPatientIsPutIn", testUrgent},
		{"SettingsTellWhoChangedThem", testSettings},
		{"QuotasAreKeptAndGivenBack", testQuotas},
		{"EachSessionHasItsQuota", testQuotaPerSession},
		{"ManyPressesNeverExceedAQuota", testPresses},
		{"OnePersonHasOneTicket", testOneEach},
		{"TheWebStopsBeforeTheSessionIsFull", testAutoStop},
		{"WhoCancelsOftenCancelsAtTheDesk", testCancels},
		{"NumbersAreGivenForDaysToCome", testBooking},
		{"BookingsMindTheirOwnDay", testBookingBounds},
		{"AShortenedSessionStaysListedUntilThePatientWasTold", testCuts},
		{"AShortenedSessionOfTodayIsListed", testCutsOfToday},
		{"WebTicketsOfOneMarkAreCancelledTogether", testMarks},
		{"AFloodOfOneMarkIsCancelledInParts", testMarkedFlood},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			l := line(t)
			c := NewClinic(t, l)
			b := &bench{t, l, c, clinic.Ref{Clinic: c.ID, Service: "1"}}
			part.test(b)
			b.sound()
		})
	}
}

// sound checks the invariants of the state that a part leaves. If the line keeps a log,
// it also compares state and log byte for byte.
func (b *bench) sound() {
	b.Helper()
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	if errors.Is(err, clinic.ErrNoClinic) {
		return // the part has removed it
	}
	b.ok(err)
	for _, broken := range snap.Check() {
		b.Error(broken)
	}
	store, ok := b.Line.(*queue.Store)
	if !ok {
		return
	}
	v, err := journal.New(store).Verify(b.Context(), b.clinic.ID, snap.Day)
	b.ok(err)
	for _, d := range v.Differences {
		b.Error(d)
	}
	for _, broken := range v.Broken {
		b.Error(broken)
	}
}
