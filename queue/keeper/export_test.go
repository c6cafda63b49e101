package keeper

import "context"

// Round is one round of [Keeper.Run].
func (k *Keeper) Round(ctx context.Context) error { return k.round(ctx) }
