package device

// Refusal is a change that is refused, by its stable code. Nothing was changed.
type Refusal string

// What is refused.
const (
	ErrNoScreen     Refusal = "screen_unknown"
	ErrScreensFull  Refusal = "screens_full"
	ErrNoPairing    Refusal = "pairing_unknown"
	ErrPairingTaken Refusal = "pairing_taken" // another screen shows the code
)

var sentences = map[Refusal]string{
	ErrNoScreen:     "no such screen; it may have been removed",
	ErrScreensFull:  "the clinic has fifty screens",
	ErrNoPairing:    "no screen shows this code; it may have shown another one since",
	ErrPairingTaken: "another screen shows this code",
}

// Code is the stable code.
func (r Refusal) Code() string { return string(r) }

// Error returns a sentence for people.
func (r Refusal) Error() string { return sentences[r] }
