package outbox

import (
	"errors"

	"junban/internal/refusal"
)

// The refusals of the outbox.
var (
	ErrNoNotice      = refusal.New("notice_unknown", "no notice has this id") // or its day was removed
	ErrNoNews        = refusal.New("news_unknown", "the clinic has no such news")
	ErrFollowersFull = refusal.New("followers_full", "the clinic has the most followers that it can have")
	ErrWantsOften    = refusal.New("wants_changed_too_often", "the addresses for the notices of this ticket have changed too often")
	ErrProofCode     = refusal.New("wrong_code", "the code is wrong")
	ErrProofOver     = refusal.New("proof_over", "the code has expired; ask for another one") // or there never was one
	ErrProofTries    = refusal.New("proof_tries", "too many wrong codes; ask for another one")
)

// The errors of a list of wants. The API refuses each before, with the field.
var (
	ErrTooManyWants = errors.New("outbox: a ticket can have 8 addresses for notices, the maximum")
	ErrWantTwice    = errors.New("outbox: the list has an address twice")
	ErrWantAddress  = errors.New("outbox: a channel needs its own kind of address, and no other")
)

// ErrMoved is returned by [Store.Plan] when another node has moved the day's cursor.
// The caller reads the cursor again, and plans from there.
var ErrMoved = errors.New("outbox: another node has planned from this cursor")

// ErrFence is returned by [Store.Tell] when the claim is no longer the caller's: its
// lease has ended and another sender has the job, or the job is over.
var ErrFence = errors.New("outbox: the claim is not the newest")
