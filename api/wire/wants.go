package wire

// ConsentVersion names the text that a patient reads before a want is stored. It changes
// with the meaning of the text.
const ConsentVersion = "2026-12"

// PushKey is the answer of GET /v1/push/key.
type PushKey struct {
	Key string `json:"key"` // public key of this server, as the browser's subscribe takes it
}

// Wants is the answer of GET and PUT /v1/tickets/:ticket/wants: what is offered to the
// ticket's owner, what they asked for, and what was sent.
type Wants struct {
	Channels []string       `json:"channels"` // that the clinic offers, of push, mail and inbox; none: no notices
	Kinds    []string       `json:"kinds"`    // that the clinic sends
	Travel   int            `json:"travel"`   // minutes, unless the patient chooses
	Travels  []int          `json:"travels"`  // minutes that may be chosen
	Ahead    int            `json:"ahead"`    // tickets ahead, unless the patient chooses
	Sender   string         `json:"sender"`   // the clinic's name in notices
	News     bool           `json:"news"`     // the clinic sends news to followers
	Tag      string         `json:"tag"`      // of the notices that a device shows of the ticket
	Wants    []Want         `json:"wants"`    // in the order in which they are tried
	Notices  []TicketNotice `json:"notices"`  // the newest first
}

// Want is one channel through which a ticket's owner gets notices.
type Want struct {
	ID       string      `json:"id"` // names the address in a PUT
	Channel  string      `json:"channel"`
	Address  string      `json:"address"` // its end alone, such as …12@…
	Travel   int         `json:"travel"`  // minutes
	Ahead    int         `json:"ahead"`   // tickets
	Kinds    []string    `json:"kinds"`
	Language string      `json:"language"`
	Next     *NextNotice `json:"next,omitempty"`    // when the patient is to set out; absent once that notice was sent
	Problem  string      `json:"problem,omitempty"` // why nothing is sent: off (the clinic's setting), suppressed (its mail returned) or cap (the month's)
}

// NextNotice is when the notice to set out is sent, as far as it is known.
type NextNotice struct {
	Ahead   int   `json:"ahead,omitempty"`   // tickets
	Minutes *int  `json:"minutes,omitempty"` // or the shown wait; absent where the clinic shows no minutes
	At      *Time `json:"at,omitempty"`      // of a booked slot
}

// TicketNotice is one notice of a ticket and what became of it.
type TicketNotice struct {
	Kind    string `json:"kind"`
	Stage   string `json:"stage,omitempty"`
	Channel string `json:"channel"`
	State   string `json:"state"`
	Due     Time   `json:"due"`
	SentAt  *Time  `json:"sentAt,omitempty"`
	ShownAt *Time  `json:"shownAt,omitempty"`
	Why     string `json:"why,omitempty"` // of void, dead and uncertain
}

// WantsRequest is the body of PUT /v1/tickets/:ticket/wants. It replaces the list; an
// empty one ends every notice.
type WantsRequest struct {
	Consent string    `json:"consent"` // version of the text that was shown
	Wants   []NewWant `json:"wants"`
}

// NewWant is one entry of a [WantsRequest]. It has one address: id, push, mail or inbox.
type NewWant struct {
	Channel  string            `json:"channel"`
	ID       string            `json:"id,omitempty"` // of a want that is there: its address stays
	Push     *PushSubscription `json:"push,omitempty"`
	Mail     string            `json:"mail,omitempty"`
	Proven   string            `json:"proven,omitempty"` // of the mail's proof
	Inbox    string            `json:"inbox,omitempty"`
	Travel   *int              `json:"travel,omitempty"` // minutes; absent: the clinic's
	Ahead    int               `json:"ahead,omitempty"`  // tickets; absent: the service's
	Kinds    []string          `json:"kinds,omitempty"`  // absent: all
	Language string            `json:"language"`
}

// PushSubscription is a browser's subscription to web push.
type PushSubscription struct {
	Endpoint string `json:"endpoint"`
	P256DH   string `json:"p256dh"` // base64url, as auth
	Auth     string `json:"auth"`
}

// ProofRequest is the body of POST /v1/proofs.
type ProofRequest struct {
	Clinic   string `json:"clinic"`
	Mail     string `json:"mail"`
	Language string `json:"language"`
	Ticket   string `json:"ticket,omitempty"` // of the owner who asks; its token is in Authorization
}

// Proof is its answer. A code of six digits is on its way to the address.
type Proof struct {
	Proof string `json:"proof"`
	Until Time   `json:"until"` // when the code expires
	From  string `json:"from"`  // domain that the mail comes from, for the filters of carriers
}

// ProofCode is the body of POST /v1/proofs/:proof.
type ProofCode struct {
	Code string `json:"code"`
}

// Proven is its answer.
type Proven struct {
	Proven string `json:"proven"` // for wants and news of that address and clinic
	Until  Time   `json:"until"`  // when it expires
}

// NoticeText is the answer of GET /v1/notices/:notice: the notice as it reads now.
type NoticeText struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	Tag   string `json:"tag"`
	Path  string `json:"path"` // of the page that a tap opens
	Over  bool   `json:"over"` // its reason is gone
}

// FollowRequest is the body of POST /v1/clinics/:clinic/follow and …/unfollow.
type FollowRequest struct {
	Push     *PushSubscription `json:"push,omitempty"`
	Mail     string            `json:"mail,omitempty"`
	Proven   string            `json:"proven,omitempty"` // of the mail's proof
	Language string            `json:"language"`
	Consent  string            `json:"consent"` // version of the text that was shown
}

// Following is its answer.
type Following struct {
	Following bool `json:"following"`
}

// NewsList is the answer of GET /v1/clinics/:clinic/news.
type NewsList struct {
	News []NewsItem `json:"news"` // the newest first
}

// NewsItem is a text that a clinic has sent to its followers.
type NewsItem struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Body  string `json:"body"`
	At    Time   `json:"at"`
}

// DemoInbox is the answer of GET /demo/inbox.json, of the demo alone.
type DemoInbox struct {
	Items []DemoNotice `json:"items"` // the newest first
}

// DemoNotice is a notice of the demo, as a phone shows it.
type DemoNotice struct {
	ID       string `json:"id"`
	To       string `json:"to"`
	Language string `json:"language"`
	Title    string `json:"title"`
	Body     string `json:"body"`
	Urgent   bool   `json:"urgent"`
	Kind     string `json:"kind"` // in words of the page
	At       Time   `json:"at"`
}
