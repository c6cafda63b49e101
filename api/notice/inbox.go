package notice

import "junban/notify/inbox"

// Inbox is the demo's channel, as [inbox.Inbox] is.
type Inbox interface {
	Newest() []inbox.Item
}
