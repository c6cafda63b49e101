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
	ErrReceptionClosed Refusal = "reception_closed"
	ErrReceptionPaused Refusal = "reception_paused"
	ErrPartySize       Refusal = "party_size"
	ErrState           Refusal = "state_forbids"
	ErrRoomBusy        Refusal = "room_busy" // undo would put two patients into one room
	ErrKeyConflict     Refusal = "idempotency_conflict"
	ErrWrongCode       Refusal = "wrong_cancel_code"
	ErrCodeLocked      Refusal = "cancel_code_locked"
	ErrNotCancellable  Refusal = "not_cancellable"
	ErrNothingToUndo   Refusal = "nothing_to_undo"
	ErrDayFull         Refusal = "day_full"
	ErrDayOver         Refusal = "day_over"
)

var sentences = map[Refusal]string{
	ErrNoClinic:        "no such clinic",
	ErrNoService:       "no such service",
	ErrNoTicket:        "no such ticket",
	ErrNoRoom:          "no such room for this service",
	ErrEmpty:           "no one is waiting",
	ErrReceptionClosed: "the web desk is closed",
	ErrReceptionPaused: "the web desk is paused; call the clinic if it is urgent",
	ErrPartySize:       "the party is larger than this service takes, or smaller than one",
	ErrState:           "the ticket's state does not allow this act",
	ErrRoomBusy:        "the room has another patient by now",
	ErrKeyConflict:     "this Idempotency-Key was used for a different request",
	ErrWrongCode:       "the cancel code is wrong",
	ErrCodeLocked:      "too many wrong cancel codes; call the clinic",
	ErrNotCancellable:  "this ticket can only be cancelled at the clinic",
	ErrNothingToUndo:   "there is no act to take back",
	ErrDayFull:         "no numbers are left today",
	ErrDayOver:         "the ticket's day is over",
}

// Error returns the sentence for people.
func (r Refusal) Error() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return string(r)
}
