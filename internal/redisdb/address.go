package redisdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Parse parses redis://, rediss:// and unix:// addresses. A comma-separated
// list has the seeds of a Cluster, or with ?master=NAME the Sentinels. The
// scheme may be omitted after the first address. User and password are those of
// the first address, and options those of the last. Errors do not quote the
// address, because it may contain a password.
func Parse(s string) (*redis.UniversalOptions, error) {
	var o *redis.UniversalOptions
	scheme := ""
	for i, one := range strings.Split(s, ",") {
		if !strings.Contains(one, "://") && scheme != "" {
			one = scheme + one
		}
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil {
			return nil, fmt.Errorf("address %d is not a URL", i+1)
		}
		scheme = u.Scheme + "://"
		query := u.Query()
		master := query.Get("master")
		query.Del("master")
		u.RawQuery = query.Encode()
		part, err := redis.ParseURL(u.String())
		if err != nil {
			return nil, fmt.Errorf("address %d is not a Redis URL such as redis://host:6379", i+1)
		}
		if o == nil {
			o = &redis.UniversalOptions{
				DB: part.DB, Username: part.Username, Password: part.Password, TLSConfig: part.TLSConfig,
			}
			if part.Network == "unix" {
				o.Dialer = func(ctx context.Context, _, addr string) (net.Conn, error) {
					d := net.Dialer{Timeout: DialTimeout}
					return d.DialContext(ctx, "unix", addr)
				}
			}
		}
		o.Addrs = append(o.Addrs, part.Addr)
		if master != "" {
			o.MasterName = master
		}
	}
	if len(o.Addrs) > 1 && o.DB != 0 && o.MasterName == "" {
		return nil, errors.New("a Cluster has only database 0")
	}
	if len(o.Addrs) > 1 && o.TLSConfig != nil {
		o.TLSConfig.ServerName = "" // each node is verified by its own name
	}
	return o, nil
}
