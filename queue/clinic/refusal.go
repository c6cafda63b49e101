package clinic

import "junban/internal/refusal"

// The refusals for an unknown clinic or service.
var (
	ErrNoClinic  = refusal.New("clinic_unknown", "no clinic has this number")
	ErrNoService = refusal.New("service_unknown", "this clinic has no such service")
)
