package redisdb

import (
	"slices"
	"testing"
)

func TestParse_ReadsEveryTopology(t *testing.T) {
	t.Parallel()
	o, err := Parse("rediss://u:p@a:1,b:2,rediss://c:3")
	if err != nil || !slices.Equal(o.Addrs, []string{"a:1", "b:2", "c:3"}) || o.Username != "u" || o.Password != "p" || o.TLSConfig == nil || o.TLSConfig.ServerName != "" {
		t.Errorf("Cluster: %+v, error %v", o, err)
	}
	o, err = Parse("redis://:p@s1:26379/2,s2:26379?master=m")
	if err != nil || o.MasterName != "m" || o.DB != 2 || o.Password != "p" || len(o.Addrs) != 2 {
		t.Errorf("Sentinel: %+v, error %v", o, err)
	}
	o, err = Parse("unix:///run/redis.sock?db=1")
	if err != nil || o.Addrs[0] != "/run/redis.sock" || o.DB != 1 || o.Dialer == nil {
		t.Errorf("socket: %+v, error %v", o, err)
	}
	o, err = Parse("redis://h")
	if err != nil || o.Addrs[0] != "h:6379" || o.DB != 0 {
		t.Errorf("plain: %+v, error %v", o, err)
	}
}
