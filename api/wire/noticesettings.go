package wire

// NoticeSettings are how a clinic sends notices to patients (お知らせ). Kinds are "call",
// "changed", "approach", "missed", "delay", "confirm", "reminder" and "news", channels
// "push" and "mail".
type NoticeSettings struct {
	Off      []string      `json:"off"`      // kinds that are not sent
	Channels []string      `json:"channels"` // channels that are not offered
	Label    string        `json:"label"`    // the clinic's name on lock screens and in subjects; "": its name
	Discreet bool          `json:"discreet"` // titles and subjects name no clinic
	Travel   *int          `json:"travel"`   // minutes that a patient needs to come, unless they choose; null: 20
	Next     bool          `json:"next"`     // a second notice to the patient who is next
	Quiet    Quiet         `json:"quiet"`
	Caps     []NoticeCap   `json:"caps"`  // of channels that have one
	Words    []NoticeWords `json:"words"` // of kinds that have a sentence of the clinic's
}

// Quiet are the hours of the clinic's zone in which no reminder and no news is sent.
// They end on the next date where Until is the earlier time.
type Quiet struct {
	From  string `json:"from"`  // "": 21:00
	Until string `json:"until"` // "": 08:00
}

// NoticeCap bounds what a channel sends in a calendar month.
type NoticeCap struct {
	Channel string `json:"channel"`
	Month   int    `json:"month"`
}

// NoticeWords is a sentence that the clinic adds to the notices of a kind.
type NoticeWords struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Reminder is when a service reminds of a booking: some days before the visit's, at a
// time of the clinic's zone.
type Reminder struct {
	Days int    `json:"days"`
	At   string `json:"at"`
}
