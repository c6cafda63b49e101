package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"junban/cmd/junban/internal/embedded"
	"junban/internal/redisdb"
)

// redisURL names a Redis that somebody else runs; "" is the embedded store.
type redisURL string

func (u *redisURL) String() string { return string(*u) }
func (u *redisURL) Set(s string) error {
	if s != "" {
		if _, err := redisdb.Parse(s); err != nil {
			return err
		}
	}
	*u = redisURL(s)
	return nil
}

// openStorage connects to the configured Redis, or starts the embedded one,
// whose metrics go to reg, which may be nil.
func (p *program) openStorage(ctx context.Context, w embedded.Use, reg prometheus.Registerer) (*redisdb.DB, error) {
	redisdb.LogClient(p.log)
	if p.redis == "" {
		return embedded.Open(ctx, string(p.data), w, p.log, reg)
	}
	return redisdb.Open(ctx, string(p.redis))
}
