package queuetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

// Expect has the checks of the tests of stores. A check that fails ends the test.
type Expect struct{ *testing.T }

// OK checks that there is no error.
func (e Expect) OK(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

// Refused checks for an error.
func (e Expect) Refused(err, want error) {
	e.Helper()
	if !errors.Is(err, want) {
		e.Fatalf("error %v, want %v", err, want)
	}
}

// Equal compares two values.
func (e Expect) Equal(what string, got, want any) {
	e.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		e.Fatalf("%s differ (-want +got):\n%s", what, diff)
	}
}

// OnBoth runs a test on a Redis server, and on the Redis in memory.
func OnBoth(t *testing.T, test func(*testing.T, redis.UniversalClient)) {
	t.Helper()
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		test(t, Redis(t))
	})
	t.Run("Memory", func(t *testing.T) {
		t.Parallel()
		rdb, _ := Memory(t)
		test(t, rdb)
	})
}
