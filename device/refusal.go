package device

import "junban/internal/refusal"

// What is refused.
var (
	ErrNoScreen     = refusal.New("screen_unknown", "no such screen; it may have been removed")
	ErrScreensFull  = refusal.New("screens_full", "the clinic has fifty screens")
	ErrNoPairing    = refusal.New("pairing_unknown", "no screen shows this code; it may have shown another one since")
	ErrPairingTaken = refusal.New("pairing_taken", "another screen shows this code") // another screen shows the code
)
