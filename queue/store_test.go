package queue_test

import (
	"testing"

	"junban/queue"
	"junban/queue/queuetest"
)

func store(t testing.TB) *queue.Store {
	t.Helper()
	s, err := queue.NewStore(queuetest.Redis(t), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoreIsALine(t *testing.T) {
	queuetest.TestLine(t, func(t *testing.T) queuetest.Line { return store(t) })
}

func TestModelIsALine(t *testing.T) {
	queuetest.TestLine(t, func(t *testing.T) queuetest.Line { return queuetest.NewModel() })
}
