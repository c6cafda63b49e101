package queue

import "junban/internal/refusal"

// The refusals of the line. The comment beside one gives its condition.
var (
	ErrNoTicket        = refusal.New("ticket_unknown", "no ticket has this id")
	ErrNoRoom          = refusal.New("room_unknown", "this service has no such room") // or the room does not serve that service
	ErrEmpty           = refusal.New("line_empty", "no patient is waiting")
	ErrLater           = refusal.New("session_later", "all waiting patients belong to a later session") // a session that begins much later
	ErrNobodyHere      = refusal.New("nobody_here", "no waiting patient has arrived at the clinic")
	ErrAllCooling      = refusal.New("all_cooling", "all waiting patients missed a call a moment ago")
	ErrOffDuty         = refusal.New("room_off_duty", "the room is on a break or off duty")
	ErrReason          = refusal.New("reason_unknown", "unknown reason")
	ErrKind            = refusal.New("kind_unknown", "this service has no such kind of visit")
	ErrReceptionClosed = refusal.New("reception_closed", "online reception is closed")
	ErrReceptionPaused = refusal.New("reception_paused", "online reception is paused; call the clinic if it is urgent")
	ErrReceptionBefore = refusal.New("reception_before", "online reception is not open yet")                 // it opens later today
	ErrReceived        = refusal.New("already_received", "this person already has a ticket for the session") // the ticket is live; the desk can override
	ErrNotOffered      = refusal.New("not_offered", "the service takes no bookings for that day or session")
	ErrDayAhead        = refusal.New("day_ahead", "the ticket's day has not begun")
	ErrQuota           = refusal.New("quota_full", "no online places are left; call the clinic if it is urgent")
	ErrFirstQuota      = refusal.New("first_quota_full", "no online places are left for first visits; call the clinic")
	ErrDeskQuota       = refusal.New("desk_quota_full", "no desk places are left in this session")                                          // the desk can override
	ErrAutoStop        = refusal.New("auto_stop", "the patients now waiting fill the rest of the session; call the clinic if it is urgent") // one more would end after the session
	ErrNumber          = refusal.New("number_unavailable", "this number is not reserved for the desk, or it is taken")
	ErrNumberGiven     = refusal.New("number_given", "a later ticket already has this number") // undo would put the same number into the line twice
	ErrBandFull        = refusal.New("band_full", "no desk numbers are left")                  // the desk can override
	ErrPartySize       = refusal.New("party_size", "the party size must be between 1 and the maximum of the service")
	ErrState           = refusal.New("state_forbids", "the ticket's current state does not allow this action")
	ErrRoomChanged     = refusal.New("room_changed", "another desk has called a patient to this room; check who is there") // another ticket is in the room than the client expects
	ErrTicketChanged   = refusal.New("ticket_changed", "another desk has changed this ticket; check it and try again")     // another act on the ticket came first
	ErrRoomNotEmpty    = refusal.New("room_not_empty", "a room to be removed has a patient inside")
	ErrServiceNotEmpty = refusal.New("service_not_empty", "a service to be removed has live tickets")
	ErrRoomBusy        = refusal.New("room_busy", "the room already has another patient") // undo would put two patients into one room
	ErrKeyConflict     = refusal.New("idempotency_conflict", "this Idempotency-Key was used for a different request")
	ErrWrongCode       = refusal.New("wrong_cancel_code", "the cancel code is wrong")
	ErrCodeLocked      = refusal.New("cancel_code_locked", "too many wrong cancel codes; call the clinic")
	ErrNotCancellable  = refusal.New("not_cancellable", "only the clinic can cancel this ticket")
	ErrNothingToUndo   = refusal.New("nothing_to_undo", "there is no action to undo")
	ErrDayFull         = refusal.New("day_full", "no numbers are left today")
	ErrDayOver         = refusal.New("day_over", "the ticket's day is over")
	ErrDayOpen         = refusal.New("day_open", "the day is not over yet")                                             // a day is closed only after its end
	ErrSlotLater       = refusal.New("slot_later", "all waiting patients belong to a later slot")                       // one that begins more than [clinic.Slot].Reach minutes from now
	ErrSlotFull        = refusal.New("slot_full", "no places are left in this slot")                                    // the desk can override
	ErrSlotUnknown     = refusal.New("slot_unknown", "the service has no such slot on that day")                        // or a slot is needed and none is given
	ErrSlotOver        = refusal.New("slot_over", "this slot can no longer be booked")                                  // its lead has passed, or the slot; the desk can override
	ErrNotOpenYet      = refusal.New("not_open_yet", "bookings for that day are not open yet")                          // the newest day before [clinic.Booking].OpensAt; see [OpensAt]
	ErrPersonLimit     = refusal.New("person_limit", "this person has the most bookings that the service allows")       // [clinic.PersonLimits].MaxLive; the desk can override
	ErrTooEarly        = refusal.New("too_early", "it is too early to arrive for this slot")                            // the entrance code, before [clinic.Slot].ArriveFrom
	ErrTooLate         = refusal.New("too_late", "this slot is over; please speak to the desk")                         // the entrance code, where [clinic.Slot].Late is the desk's
	ErrCancelTooLate   = refusal.New("cancel_too_late", "the time to cancel online has passed; please call the clinic") // see [CancelUntil]
	ErrAffected        = refusal.New("bookings_affected", "the change affects live tickets")                            // of another mode, or of a timetable whose list the request does not repeat
	ErrSettings        = refusal.New("settings_changed", "someone else has changed the settings since you loaded them")
)
