package main

import (
	"slices"
	"strings"
	"testing"

	"junban/internal/redisdb"
)

// FuzzParseRedis checks that an address is either refused without quoting it,
// or usable for a client.
func FuzzParseRedis(f *testing.F) {
	for _, s := range []string{
		"redis://user:hunter2@host:6379/3", "rediss://a,b,c", "redis://a?master=m,b", "unix:///run/redis.sock?db=2", "unix://", "http://x", "redis://u:hunter2@%zz", "hunter2,b",
		"", ",", "redis://[::1]:x", "redis://h?master=", "redis://h/1,redis://i", "redis://h?max_retries=-9&pool_size=-1", "redis://h?db=99999999999999999999",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := redisdb.Parse(s)
		if err != nil {
			if len(err.Error()) > 80 || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: the error is %q", s, err)
			}
			return
		}
		if len(o.Addrs) != strings.Count(s, ",")+1 {
			t.Fatalf("%q is parsed as the addresses %q", s, o.Addrs)
		}
		var u redisURL
		if err := u.UnmarshalText([]byte(s)); err != nil || string(u) != s {
			t.Errorf("%q is stored as %q: %v", s, u, err)
		}
		if err := redisdb.Dial(o).Close(); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// FuzzAddresses checks that addresses and ranges are refused, or keep their
// meaning when formatted.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{":8080", "[::1]:0", "localhost:65536", "x", "10.0.0.0/8,::1", "10.1.2.3/8", "::ffff:1.2.3.4/96", "fe80::1%eth0", " 10.0.0.1 ,10.0.0.2", ","} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var a address
		if err := a.UnmarshalText([]byte(s)); err == nil && (string(a) != s || !strings.Contains(s, ":")) {
			t.Errorf("the address %q is %q", s, a)
		}
		var p, again prefixes
		if err := p.UnmarshalText([]byte(s)); err != nil {
			return
		}
		var texts []string
		for _, one := range p {
			if !one.IsValid() {
				t.Fatalf("%q yields the range %s", s, one)
			}
			texts = append(texts, one.String())
		}
		if err := again.UnmarshalText([]byte(strings.Join(texts, ","))); err != nil || !slices.Equal(again, p) {
			t.Errorf("%q is parsed as %s, and reparsed as %s (%v)", s, p, again, err)
		}
	})
}
