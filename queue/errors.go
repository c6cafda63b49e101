package queue

// Refusal is an act that the line refuses. The value is a stable code that
// scripts return and clients see; Error is a sentence for people. Nothing was
// changed when a Refusal is returned, except the count of wrong codes.
type Refusal string

// What the line refuses.
const (
	ErrNoClinic        Refusal = "clinic_unknown"
	ErrNoService       Refusal = "service_unknown"
	ErrNoTicket        Refusal = "ticket_unknown"
	ErrNoRoom          Refusal = "room_unknown" // or the room does not serve that service
	ErrEmpty           Refusal = "line_empty"
	ErrLater           Refusal = "session_later" // some wait, but for a session that begins much later
	ErrNobodyHere      Refusal = "nobody_here"   // some wait, but none of them is in the house
	ErrAllCooling      Refusal = "all_cooling"   // some wait, but were called and missed a moment ago
	ErrOffDuty         Refusal = "room_off_duty"
	ErrReason          Refusal = "reason_unknown"
	ErrKind            Refusal = "kind_unknown" // the service has no such kind of visit
	ErrReceptionClosed Refusal = "reception_closed"
	ErrReceptionPaused Refusal = "reception_paused"
	ErrReceptionBefore Refusal = "reception_before" // the web desk opens later today
	ErrReceived        Refusal = "already_received" // the person has a live ticket of the session; the desk may insist
	ErrNotOffered      Refusal = "not_offered"      // that day to come, or its session, takes no bookings
	ErrDayAhead        Refusal = "day_ahead"        // the ticket's day has not begun
	ErrQuota           Refusal = "quota_full"
	ErrFirstQuota      Refusal = "first_quota_full"
	ErrDeskQuota       Refusal = "desk_quota_full" // unless the desk insists
	ErrAutoStop        Refusal = "auto_stop"       // it could not be served by the session's end
	ErrNumber          Refusal = "number_unavailable"
	ErrNumberGiven     Refusal = "number_given" // undo would put the same number into the line twice
	ErrBandFull        Refusal = "band_full"    // unless the desk insists
	ErrPartySize       Refusal = "party_size"
	ErrState           Refusal = "state_forbids"
	ErrRoomChanged     Refusal = "room_changed"      // another ticket is in the room than the client expects
	ErrTicketChanged   Refusal = "ticket_changed"    // another act on the ticket came first
	ErrRoomNotEmpty    Refusal = "room_not_empty"    // a room is to go, and somebody is in it
	ErrServiceNotEmpty Refusal = "service_not_empty" // a service is to go, and its line has live tickets
	ErrRoomBusy        Refusal = "room_busy"         // undo would put two patients into one room
	ErrKeyConflict     Refusal = "idempotency_conflict"
	ErrWrongCode       Refusal = "wrong_cancel_code"
	ErrCodeLocked      Refusal = "cancel_code_locked"
	ErrNotCancellable  Refusal = "not_cancellable"
	ErrNothingToUndo   Refusal = "nothing_to_undo"
	ErrDayFull         Refusal = "day_full"
	ErrDayOver         Refusal = "day_over"
	ErrDayOpen         Refusal = "day_open"         // a day is closed when it is over
	ErrSettings        Refusal = "settings_changed" // somebody else has changed the record since
)

var sentences = map[Refusal]string{
	ErrNoClinic:        "no such clinic",
	ErrNoService:       "no such service",
	ErrNoTicket:        "no such ticket",
	ErrNoRoom:          "no such room for this service",
	ErrEmpty:           "no one is waiting",
	ErrLater:           "those waiting are for a later session",
	ErrNobodyHere:      "no one of those waiting is here",
	ErrAllCooling:      "those waiting did not come when called a moment ago",
	ErrOffDuty:         "the room is on a break or off duty",
	ErrReason:          "the reason is none that the line knows",
	ErrKind:            "the service has no such kind of visit",
	ErrReceptionClosed: "the web desk is closed",
	ErrReceptionPaused: "the web desk is paused; call the clinic if it is urgent",
	ErrPartySize:       "the party is larger than this service takes, or smaller than one",
	ErrState:           "the ticket's state does not allow this act",
	ErrRoomChanged:     "another desk has called to this room; look who is there",
	ErrTicketChanged:   "another desk has acted on this ticket; look at it again",
	ErrRoomNotEmpty:    "somebody is in the room that is to go",
	ErrServiceNotEmpty: "a service that is to go has live tickets",
	ErrRoomBusy:        "the room has another patient by now",
	ErrKeyConflict:     "this Idempotency-Key was used for a different request",
	ErrWrongCode:       "the cancel code is wrong",
	ErrCodeLocked:      "too many wrong cancel codes; call the clinic",
	ErrNotCancellable:  "this ticket can only be cancelled at the clinic",
	ErrNothingToUndo:   "there is no act to take back",
	ErrDayFull:         "no numbers are left today",
	ErrDayOver:         "the ticket's day is over",
	ErrReceptionBefore: "the web desk is not open yet",
	ErrReceived:        "this person has a ticket already",
	ErrNotOffered:      "no numbers are given for that day or session",
	ErrDayAhead:        "the ticket's day has not begun",
	ErrNumberGiven:     "a later ticket has this number by now",
	ErrQuota:           "no places are left on the web; call the clinic if it is urgent",
	ErrFirstQuota:      "no places are left on the web for a first visit; call the clinic",
	ErrDeskQuota:       "the desk has given all its places of this session",
	ErrAutoStop:        "whoever waits now fills the session; call the clinic if it is urgent",
	ErrNumber:          "this number is not one kept for the desk, or it is taken",
	ErrBandFull:        "the desk's numbers are used up",
	ErrDayOpen:         "the day is not over",
	ErrSettings:        "the settings were changed by somebody else in the meantime",
}

// Code is the stable code.
func (r Refusal) Code() string { return string(r) }

// Error returns the sentence for people.
func (r Refusal) Error() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return string(r)
}
