package device

import "junban/internal/refusal"

// The refusals of devices.
var (
	ErrNoScreen     = refusal.New("screen_unknown", "unknown screen; it may have been removed")
	ErrScreensFull  = refusal.New("screens_full", "the clinic already has 50 screens, the maximum")
	ErrNoPairing    = refusal.New("pairing_unknown", "no screen shows this code; the code may have expired")
	ErrPairingTaken = refusal.New("pairing_taken", "another screen shows this code")
)
