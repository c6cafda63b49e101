package notify

import (
	"context"

	"junban/notify/text"
	"junban/queue/outbox"
)

// newsOf returns the news that a job sends; zero where it is not there any more.
func (n *Notifier) newsOf(ctx context.Context, j outbox.Job) text.News {
	item, err := n.Outbox.NewsByID(ctx, j.Clinic, j.Box)
	if err != nil {
		return text.News{}
	}
	return text.News{Title: item.Title, Body: item.Body}
}
