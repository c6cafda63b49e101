package queue

import "junban/internal/refusal"

// What is refused.
var (
	ErrNoTicket        = refusal.New("ticket_unknown", "no such ticket")
	ErrNoRoom          = refusal.New("room_unknown", "no such room for this service") // or the room does not serve that service
	ErrEmpty           = refusal.New("line_empty", "no one is waiting")
	ErrLater           = refusal.New("session_later", "those waiting are for a later session")             // some wait, but for a session that begins much later
	ErrNobodyHere      = refusal.New("nobody_here", "no one of those waiting is here")                     // some wait, but none of them is in the house
	ErrAllCooling      = refusal.New("all_cooling", "those waiting did not come when called a moment ago") // some wait, but were called and missed a moment ago
	ErrOffDuty         = refusal.New("room_off_duty", "the room is on a break or off duty")
	ErrReason          = refusal.New("reason_unknown", "the reason is none that the line knows")
	ErrKind            = refusal.New("kind_unknown", "the service has no such kind of visit") // the service has no such kind of visit
	ErrReceptionClosed = refusal.New("reception_closed", "the web desk is closed")
	ErrReceptionPaused = refusal.New("reception_paused", "the web desk is paused; call the clinic if it is urgent")
	ErrReceptionBefore = refusal.New("reception_before", "the web desk is not open yet")            // the web desk opens later today
	ErrReceived        = refusal.New("already_received", "this person has a ticket already")        // the person has a live ticket of the session; the desk may insist
	ErrNotOffered      = refusal.New("not_offered", "no numbers are given for that day or session") // that day to come, or its session, takes no bookings
	ErrDayAhead        = refusal.New("day_ahead", "the ticket's day has not begun")                 // the ticket's day has not begun
	ErrQuota           = refusal.New("quota_full", "no places are left on the web; call the clinic if it is urgent")
	ErrFirstQuota      = refusal.New("first_quota_full", "no places are left on the web for a first visit; call the clinic")
	ErrDeskQuota       = refusal.New("desk_quota_full", "the desk has given all its places of this session")              // unless the desk insists
	ErrAutoStop        = refusal.New("auto_stop", "whoever waits now fills the session; call the clinic if it is urgent") // it could not be served by the session's end
	ErrNumber          = refusal.New("number_unavailable", "this number is not one kept for the desk, or it is taken")
	ErrNumberGiven     = refusal.New("number_given", "a later ticket has this number by now") // undo would put the same number into the line twice
	ErrBandFull        = refusal.New("band_full", "the desk's numbers are used up")           // unless the desk insists
	ErrPartySize       = refusal.New("party_size", "the party is larger than this service takes, or smaller than one")
	ErrState           = refusal.New("state_forbids", "the ticket's state does not allow this act")
	ErrRoomChanged     = refusal.New("room_changed", "another desk has called to this room; look who is there")   // another ticket is in the room than the client expects
	ErrTicketChanged   = refusal.New("ticket_changed", "another desk has acted on this ticket; look at it again") // another act on the ticket came first
	ErrRoomNotEmpty    = refusal.New("room_not_empty", "somebody is in the room that is to go")                   // a room is to go, and somebody is in it
	ErrServiceNotEmpty = refusal.New("service_not_empty", "a service that is to go has live tickets")             // a service is to go, and its line has live tickets
	ErrRoomBusy        = refusal.New("room_busy", "the room has another patient by now")                          // undo would put two patients into one room
	ErrKeyConflict     = refusal.New("idempotency_conflict", "this Idempotency-Key was used for a different request")
	ErrWrongCode       = refusal.New("wrong_cancel_code", "the cancel code is wrong")
	ErrCodeLocked      = refusal.New("cancel_code_locked", "too many wrong cancel codes; call the clinic")
	ErrNotCancellable  = refusal.New("not_cancellable", "this ticket can only be cancelled at the clinic")
	ErrNothingToUndo   = refusal.New("nothing_to_undo", "there is no act to take back")
	ErrDayFull         = refusal.New("day_full", "no numbers are left today")
	ErrDayOver         = refusal.New("day_over", "the ticket's day is over")
	ErrDayOpen         = refusal.New("day_open", "the day is not over")                                                // a day is closed when it is over
	ErrSettings        = refusal.New("settings_changed", "the settings were changed by somebody else in the meantime") // somebody else has changed the record since
)
