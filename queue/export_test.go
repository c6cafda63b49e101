package queue

import "context"

// ReadEvent reads one entry of a log.
var ReadEvent = readEvent

// Round is one round of [Keeper.Run].
func (k *Keeper) Round(ctx context.Context) error { return k.round(ctx) }
