package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// quietFor is how long a subscription may bring nothing before it is asked for a sign.
const quietFor = 10 * time.Second

// Listen calls poked with each clinic whose outbox has something new, and with the day
// whose wants are new, or "". It calls lost first, because there may have been messages
// before. It returns when ctx ends or the connection fails; messages are lost until it is
// called again.
func (s *Store) Listen(ctx context.Context, poked func(clinic.ID, clinic.Day), lost func()) error {
	sub := s.rdb.Subscribe(ctx, NotifyChannel)
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })() // ends a read that waits
	defer func() { _ = sub.Close() }()
	if _, err := sub.Receive(ctx); err != nil {
		return fmt.Errorf("outbox: subscribe: %w", err)
	}
	lost()
	for asked := false; ; {
		message, err := sub.ReceiveTimeout(ctx, quietFor)
		var timeout net.Error
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &timeout) && timeout.Timeout() && !asked:
			if err := sub.Ping(ctx); err != nil {
				return fmt.Errorf("outbox: listen: %w", err)
			}
			asked = true
			continue
		case err != nil:
			return fmt.Errorf("outbox: listen: %w", err)
		}
		asked = false
		if m, ok := message.(*redis.Message); ok {
			c, day, _ := strings.Cut(m.Payload, " ")
			poked(clinic.ID(c), clinic.Day(day))
		}
	}
}
