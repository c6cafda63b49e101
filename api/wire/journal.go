package wire

// Acts is a part of what was done to the lines on a day, the newest first:
// GET /v1/clinics/:clinic/acts. It is the desk's alone.
type Acts struct {
	Day    string `json:"day"`
	Acts   []Act  `json:"acts"`
	Before string `json:"before,omitempty"` // asks for what is older; absent: there is nothing
}

// Act is an entry of a day's log, with nothing of the patient in it. What the act
// left as it was is absent.
type Act struct {
	At         Time   `json:"at"`
	Act        string `json:"act"`
	Who        string `json:"who"`                  // "desk", "patient", "operator", "system"
	By         string `json:"by,omitempty"`         // the desk's user
	Device     string `json:"device,omitempty"`     // what the desk used, such as "iPad"; absent: unknown
	Ticket     string `json:"ticket,omitempty"`     // the id
	Number     int    `json:"number,omitempty"`     // the ticket's; absent: it has none yet
	Service    string `json:"service,omitempty"`    // that gave the ticket, or whose reception or message it is
	State      string `json:"state,omitempty"`      // the ticket's since
	Room       string `json:"room,omitempty"`       // of a duty, or of a call; absent: the same as that of the call before
	To         string `json:"to,omitempty"`         // the service in whose line the ticket stands since
	Reason     string `json:"reason,omitempty"`     // why it is held, was moved, or is over; of a return, why it was held
	Presence   string `json:"presence,omitempty"`   // of arrive: "here", "out", "away"
	Inaccurate bool   `json:"inaccurate,omitempty"` // of finish: nothing is learned from its times
	Undone     string `json:"undone,omitempty"`     // of undo: what was taken back; absent where the act before it was of the same kind
	After      string `json:"after,omitempty"`      // the reception, the message's text or the duty since; absent: the message was removed
	Until      *Time  `json:"until,omitempty"`      // of a duty: when the room is on duty again
}
