package outbox

import (
	"time"

	"junban/internal/redisdb"
	"junban/queue"
	"junban/queue/clinic"
)

// Channel is how an address is reached.
type Channel string

// The channels.
const (
	Push  Channel = "push"
	Mail  Channel = "mail"
	Inbox Channel = "inbox" // the demo's page
)

// Kind is what a notice is about; one of [clinic.NoticeKinds].
type Kind string

// The kinds, the highest rank first (notices.md §1.5).
const (
	Call     Kind = "call"     // 呼出し
	Changed  Kind = "changed"  // 変更・取消
	Approach Kind = "approach" // まもなく
	Missed   Kind = "missed"   // 不在
	Delay    Kind = "delay"    // 遅れ
	Confirm  Kind = "confirm"  // 受付・予約確認
	Reminder Kind = "reminder" // 前日・3日前
	News     Kind = "news"     // お知らせ
)

// Address is where a want is sent. One of its parts is set.
type Address struct {
	Endpoint string `json:"endpoint,omitempty"` // of web push
	P256DH   string `json:"p256dh,omitempty"`
	Auth     string `json:"auth,omitempty"`
	Mail     string `json:"mail,omitempty"`
	Inbox    string `json:"inbox,omitempty"`
}

// Want is that a ticket's patient asked to be told, through one channel.
type Want struct {
	Channel  Channel `json:"channel"`
	Address  Address `json:"address"`
	Language string  `json:"language"`        // of the page, BCP 47
	Travel   int     `json:"travel"`          // minutes
	Ahead    int     `json:"ahead,omitempty"` // 0: the service's ComeAt
	Kinds    []Kind  `json:"kinds,omitempty"` // none: all
	Origin   string  `json:"origin"`          // of the page, such as https://junban.example, for links
	Token    string  `json:"token,omitempty"` // of the ticket, for the link of a mail; "" of other channels

	Consent string    `json:"consent"` // version of the text that was shown
	At      time.Time `json:"at"`      // when it was asked for
}

// State is where a job stands.
type State string

// The states.
const (
	Due       State = "due"
	Sending   State = "sending"
	Sent      State = "sent"      // accepted by the provider
	Shown     State = "shown"     // the device has reported it
	Uncertain State = "uncertain" // perhaps accepted
	Void      State = "void"      // its reason was gone, or its time was over
	Dead      State = "dead"      // refused for good, or every try failed
)

// Job is one notice to one address.
type Job struct {
	ID      string         `json:"id"` // made from its reason, see [Store.JobID]
	Clinic  clinic.ID      `json:"clinic"`
	Box     string         `json:"box"` // day of the ticket, or the id of the news: the hash that has the job
	Kind    Kind           `json:"kind"`
	Stage   string         `json:"stage,omitempty"` // of kinds that have several: next, back, cancelled, moved, transfer, 3d, …
	Ticket  queue.TicketID `json:"ticket,omitempty"`
	Leg     int            `json:"leg,omitempty"`
	Attempt int            `json:"attempt,omitempty"` // of a call; of an approach, how often the leg was armed before
	Start   int64          `json:"start,omitempty"`   // ms: of a reminder the start of the booking, of a call or an absence the ticket's Called, of a cancellation its Ended; the job is void when that differs
	Channel Channel        `json:"channel"`
	Want    string         `json:"want"`             // hash of the address: names the want, or the follower
	Reason  string         `json:"reason,omitempty"` // entry of the log
	After   string         `json:"after,omitempty"`  // job of the channel before: this one is sent only if that fails, see [Store.Take]
	By      string         `json:"by,omitempty"`     // of void, superseded: the job of a later channel that was claimed instead
	Unless  []string       `json:"unless,omitempty"` // jobs of a higher rank: void when one of them was sent

	Planned int64  `json:"planned"` // ms, all times below too
	Due     int64  `json:"due"`
	Until   int64  `json:"until"`
	State   State  `json:"state"`
	Tries   int    `json:"tries,omitempty"`
	Crashes int    `json:"crashes,omitempty"` // claims that ended without a result; they are no tries
	Fence   int    `json:"fence,omitempty"`   // grows with each claim
	Sent    int64  `json:"sent,omitempty"`
	Shown   int64  `json:"shown,omitempty"`
	Why     string `json:"why,omitempty"`    // of void: the reason; else the last answer
	Ahead   int    `json:"ahead"`            // tickets ahead when it was claimed
	Low     int    `json:"low,omitempty"`    // minutes of the range when it was planned
	High    int    `json:"high,omitempty"`   // the same
	Called  int64  `json:"called,omitempty"` // of an approach: when its ticket was called then
	Travel  int    `json:"travel,omitempty"` // of an approach: minutes of its want
}

// TimeOf is a time of a job; zero where it has none.
func TimeOf(ms int64) time.Time { return redisdb.FromMillis(ms) }
