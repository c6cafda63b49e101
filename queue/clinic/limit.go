package clinic

// The limits of a record. Those of single texts are in [Clinic.Validate].
const (
	// LineTickets is how many tickets stand in a service's line at once.
	LineTickets = 20_000
	// BookingDays is how many days ahead a service gives numbers at most.
	BookingDays = 28
	// MaxParty is how many people are on one ticket at most, also for the desk.
	MaxParty = 20
	// PatientDays is how many days after the visit a patient's name and phone number
	// are kept, and TicketDays how many its ticket and log are, unless the clinic sets
	// another number.
	PatientDays = 30
	TicketDays  = 400
	// DefaultAutoPause is [Clinic].AutoPause where the record has none, and
	// mostPauseFactor its maximum.
	DefaultAutoPause = 5
	mostPauseFactor  = 100
)
