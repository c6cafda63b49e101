package clinic

// The limits of a record that others know too. The others are in the table of rules.
const (
	// LineTickets is how many tickets stand in a service's line at once.
	LineTickets = 20_000
	// BookingDays is how many days ahead a service in order mode gives numbers at most.
	// SlotDays is the same for one in slot mode.
	BookingDays = 28
	SlotDays    = 90
	// SeatsPerSlot is how many seats a channel has in a slot at most, if it has a bound.
	SeatsPerSlot = 1000
	// MaxParty is how many people are on one ticket at most, also for the desk.
	MaxParty = 20
	// PatientDays is how many days after the visit a patient's name and phone number
	// are kept. TicketDays is the same for the ticket and its log. A clinic may set
	// other numbers.
	PatientDays = 30
	TicketDays  = 400
)
