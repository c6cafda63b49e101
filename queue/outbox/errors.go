package outbox

import (
	"errors"

	"junban/internal/refusal"
)

// The refusals of the outbox.
var (
	ErrTooManyWants  = refusal.New("too_many_wants", "a ticket can have 8 addresses for notices, the maximum")
	ErrWantTwice     = refusal.New("want_twice", "the list has an address twice")
	ErrWantAddress   = refusal.New("want_address", "a channel needs its own kind of address, and no other")
	ErrNoNotice      = refusal.New("notice_unknown", "no notice has this id") // or its day was removed
	ErrNoNews        = refusal.New("news_unknown", "the clinic has no such news")
	ErrFollowersFull = refusal.New("followers_full", "the clinic has the most followers that it can have")
	ErrProofCode     = refusal.New("wrong_code", "the code is wrong")
	ErrProofOver     = refusal.New("proof_over", "the code has expired; ask for another one") // or there never was one
	ErrProofTries    = refusal.New("proof_tries", "too many wrong codes; ask for another one")
)

// ErrMoved is returned by [Store.Plan] when another node has moved the day's cursor.
// The caller reads the cursor again, and plans from there.
var ErrMoved = errors.New("outbox: another node has planned from this cursor")

// ErrFence is returned by [Store.Tell] when the claim is no longer the caller's: its
// lease has ended and another sender has the job, or the job is over.
var ErrFence = errors.New("outbox: the claim is not the newest")
