package wire

// NoticeLog answers GET /v1/clinics/:clinic/notices: the notices about the tickets of a
// day, or of some news, the newest first.
type NoticeLog struct {
	Day     string       `json:"day,omitempty"`  // of the visit
	News    string       `json:"news,omitempty"` // instead of a day
	Notices []NoticeItem `json:"notices"`
	Total   int          `json:"total"`            // that the filter selects
	Before  string       `json:"before,omitempty"` // of the next page; absent: this is the last
}

// NoticeItem is one notice to one address. It names the address by the first characters
// of a keyed hash, which distinguishes two addresses and reveals neither.
type NoticeItem struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Stage   string `json:"stage,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Number  int    `json:"number,omitempty"` // absent: none yet, or the ticket is removed
	Channel string `json:"channel"`
	To      string `json:"to"`
	Planned Time   `json:"planned"` // when it was decided
	Due     Time   `json:"due"`
	Sent    *Time  `json:"sent,omitempty"`
	Shown   *Time  `json:"shown,omitempty"`
	State   string `json:"state"`         // "due", "sending", "sent", "shown", "uncertain", "void" or "dead"
	Why     string `json:"why,omitempty"` // of void: the reason; else the last answer
	Tries   int    `json:"tries"`
}

// PreviewRequest asks for the text of a notice with sample figures.
type PreviewRequest struct {
	Kind     string          `json:"kind"`
	Stage    string          `json:"stage,omitempty"`
	Language string          `json:"language,omitempty"` // "": Japanese
	Channel  string          `json:"channel,omitempty"`  // "push" or "mail"; "": push
	Service  string          `json:"service,omitempty"`  // 情報番号; "": the first
	Notices  *NoticeSettings `json:"notices,omitempty"`  // as typed; absent: as stored
	News     *NewsDraft      `json:"news,omitempty"`     // of kind news
}

// NoticePreview is a notice as its receiver would read it. Subject and Text are of mail.
type NoticePreview struct {
	Title   string `json:"title"`
	Body    string `json:"body"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text,omitempty"`
}

// NoticeSummary answers GET /v1/clinics/:clinic/notices/summary.
type NoticeSummary struct {
	Month    string          `json:"month"`
	Channels []NoticeChannel `json:"channels"`
	Days     int             `json:"days"`  // of the figures below, today included
	N        int             `json:"n"`     // patients who were sent an approach and called then
	Late     float64         `json:"late"`  // share of them that were called before they could come, 0 to 1
	Early    float64         `json:"early"` // minutes that the median patient waited at the clinic; negative: called too early
}

// NoticeChannel is what a channel has sent this month, and whom news would reach.
type NoticeChannel struct {
	Channel   string `json:"channel"`
	Offered   bool   `json:"offered"` // by the clinic's settings, and SetUp
	SetUp     bool   `json:"setUp"`   // the server can send through it
	Sent      int    `json:"sent"`
	Cap       *int   `json:"cap,omitempty"` // absent: none
	Followers int    `json:"followers"`
}

// NewsDraft is news as it is written. POST /v1/clinics/:clinic/news sends it.
type NewsDraft struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// OfficeNews is news of the clinic to its followers. It leaves at Due, until which it can
// be withdrawn.
type OfficeNews struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Body      string         `json:"body"`
	By        string         `json:"by"`
	At        Time           `json:"at"`
	Due       Time           `json:"due"`
	Withdrawn *Time          `json:"withdrawn,omitempty"`
	Reach     map[string]int `json:"reach"`   // followers of each channel when it was written
	Minutes   int            `json:"minutes"` // that it takes to send, about
	Planned   int            `json:"planned"` // notices made so far
	Done      bool           `json:"done"`    // all are made
}

// OfficeNewsList answers GET /v1/clinics/:clinic/notices/news: those of 30 days, the newest
// first.
type OfficeNewsList struct {
	News []OfficeNews `json:"news"`
}
