package message

import (
	"context"
	"time"
)

// Message is one notice in the words of its receiver.
type Message struct {
	ID       string // of the notice; the same for each try, so that a provider can drop a repeat
	To       Address
	Language string // BCP 47
	Kind     string // for the demo's page; no provider is sent it
	Title    string // lock screen; no name, no department
	Body     string // lock screen
	Stale    string // body of a push that is shown too late
	Tag      string // replaces an earlier notice of the same ticket
	Renotify bool   // the phone alerts again although Tag is the same
	Urgent   bool
	Until    time.Time // nothing is delivered after it
	Path     string    // page that a tap opens, without a token
	Origin   string    // of that page, such as https://junban.example

	// Of mail alone.
	From        string // display name of the sender
	Subject     string
	Text        string
	HTML        string
	Unsubscribe string // URL of one-click unsubscribe; "": none (of what is no news)
	Calendar    []byte // an .ics part; nil: none
}

// Address is where a message goes. One of its parts is set.
type Address struct {
	Push  *Subscription `json:"push,omitempty"`
	Mail  string        `json:"mail,omitempty"`
	Inbox string        `json:"inbox,omitempty"` // of the demo's page
}

// Subscription is a browser's subscription to web push, in base64url as it sends them.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256DH   string `json:"p256dh"`
	Auth     string `json:"auth"`
}

// Outcome is what became of one try.
type Outcome string

// The outcomes.
const (
	Sent      Outcome = "sent"      // accepted by the provider, which is not delivered
	Retry     Outcome = "retry"     // not accepted now; a repeat does no harm
	Gone      Outcome = "gone"      // the address does not exist any more: remove it
	Refused   Outcome = "refused"   // never accepted, but the address stays
	Uncertain Outcome = "uncertain" // perhaps accepted; a repeat might be a second one
)

// Result is what a try returned.
type Result struct {
	Outcome Outcome
	Answer  string        // for the history: status and reason of the provider, without the address
	After   time.Duration // earliest next try, as the provider asks; 0: it did not ask
	Fault   bool          // ours: wrong keys or credentials; it counts for the circuit breaker
	Address bool          // of Refused and Retry: because of this address, unless Fault and others are refused too; it does not count for the breaker
}

// Channel delivers messages. It is safe for concurrent use.
type Channel interface {
	Send(ctx context.Context, m Message) Result
}
