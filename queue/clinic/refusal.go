package clinic

import "junban/internal/refusal"

// What is refused of a clinic.
var (
	ErrNoClinic  = refusal.New("clinic_unknown", "no such clinic")
	ErrNoService = refusal.New("service_unknown", "no such service")
)
