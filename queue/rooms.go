package queue

import (
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

// RoomState is a room with its duty at the moment of a snapshot.
type RoomState struct {
	clinic.Room
	Duty Duty
}

// Duty is whether a room takes patients (休憩・休診).
type Duty struct {
	State DutyState
	Until time.Time // when it is on duty again; asked for as zero: when the day is over
}

// DutyState is one of the three that a room may be in.
type DutyState string

// The states of a room.
const (
	OnDuty  DutyState = "on"
	OnBreak DutyState = "break" // 休憩中
	OffDuty DutyState = "off"   // 休診
)

// DutyStates are the values of [DutyState].
var DutyStates = []DutyState{OnDuty, OnBreak, OffDuty}

// rooms reads each room's duty, as lua/duty.lua keeps it.
func (s *Snapshot) rooms(desk map[string]string) {
	for _, r := range s.Clinic.Rooms {
		duty := DecodeDuty(desk["room:"+r.ID])
		if !duty.Until.IsZero() {
			s.wake(duty.Until)
			if !duty.Until.After(s.At) {
				duty = Duty{State: OnDuty}
			}
		}
		s.Rooms = append(s.Rooms, RoomState{r, duty})
	}
}

// DecodeDuty reads a room's duty as the scripts keep it: state and end. The zero
// time is the end of a room on duty.
func DecodeDuty(kept string) Duty {
	state, until, _ := strings.Cut(kept, "|")
	ms, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return Duty{State: OnDuty}
	}
	return Duty{DutyState(state), time.UnixMilli(ms)}
}

// NoticeFor is how long a notice is shown.
const NoticeFor = 15 * time.Minute

// Notice is why a line's order was changed lately (順番が前後します, A15).
type Notice struct {
	Reason string // one of MoveReasons; "" when there was none within NoticeFor, or it was taken back
	At     time.Time
}

// notice reads it from a line's counts, as lua/prelude/ticket.lua keeps it.
func notice(counts map[string]string) Notice {
	ms, err := strconv.ParseInt(counts["noticed"], 10, 64)
	if err != nil || counts["notice"] == "" {
		return Notice{}
	}
	return Notice{counts["notice"], time.UnixMilli(ms)}
}
