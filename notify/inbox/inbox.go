package inbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"junban/notify/message"
)

// most is how many notices are kept, the newest.
const most = 200

// Item is a notice as it was delivered.
type Item struct {
	At      time.Time
	Message message.Message
}

// Inbox is a [message.Channel] that keeps the newest notices in memory. The zero value is
// ready. It is safe for concurrent use.
type Inbox struct {
	mu    sync.Mutex
	items []Item // guarded by mu; the oldest first
}

// Send keeps a message. A repeat, which has the same ID, replaces the first one.
func (in *Inbox) Send(_ context.Context, m message.Message) message.Result {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.items = slices.DeleteFunc(in.items, func(i Item) bool { return i.Message.ID == m.ID })
	if len(in.items) >= most {
		in.items = slices.Delete(in.items, 0, len(in.items)-most+1)
	}
	in.items = append(in.items, Item{time.Now(), m})
	return message.Result{Outcome: message.Sent, Answer: "kept"}
}

// Newest returns what is kept, the newest first.
func (in *Inbox) Newest() []Item {
	in.mu.Lock()
	defer in.mu.Unlock()
	all := slices.Clone(in.items)
	slices.Reverse(all)
	return all
}
