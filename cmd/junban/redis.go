package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"junban/cmd/junban/internal/embedded"
	"junban/internal/redisdb"
)

// openStorage connects to the configured Redis, or starts the embedded one. Its
// metrics go to reg, unless that is nil.
func (p *program) openStorage(ctx context.Context, w embedded.Use, reg prometheus.Registerer) (*redisdb.DB, error) {
	redisdb.LogClient(p.log)
	if p.Redis == "" {
		return embedded.Open(ctx, p.Data, w, p.log, reg)
	}
	return redisdb.Open(ctx, string(p.Redis))
}
