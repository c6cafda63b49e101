package queue_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/queuetest"
)

func TestLine_HasBounds(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]func(*testing.T, queue.Bounds) queuetest.Line{
		"Model": func(t *testing.T, b queue.Bounds) queuetest.Line {
			m := queuetest.NewModel()
			m.Bounds = b
			return m
		},
		"Store": func(t *testing.T, b queue.Bounds) queuetest.Line {
			s, err := queue.NewStore(queuetest.Redis(t), queue.Options{Bounds: b})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) { queuetest.TestBounds(t, line) })
	}
}

func TestLine_PausesAtASurge(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]func(*testing.T, queue.Bounds) (queuetest.Line, func(time.Time)){
		"Model": func(t *testing.T, b queue.Bounds) (queuetest.Line, func(time.Time)) {
			m := queuetest.NewModel()
			m.Bounds = b
			return m, func(now time.Time) { m.Now = func() time.Time { return now } }
		},
		"Store": func(t *testing.T, b queue.Bounds) (queuetest.Line, func(time.Time)) {
			rdb, set := queuetest.Clocked(t)
			s, err := queue.NewStore(rdb, queue.Options{Bounds: b})
			if err != nil {
				t.Fatal(err)
			}
			return s, set
		},
	} {
		t.Run(name, func(t *testing.T) { queuetest.TestSurge(t, line) })
	}
}

func TestStoreIsALine(t *testing.T) {
	queuetest.TestLine(t, func(t *testing.T) queuetest.Line { return queuetest.Store(t) })
}

func TestModelIsALine(t *testing.T) {
	queuetest.TestLine(t, func(t *testing.T) queuetest.Line { return queuetest.NewModel() })
}

func TestMemoryIsALine(t *testing.T) {
	queuetest.TestLine(t, func(t *testing.T) queuetest.Line {
		s, set := queuetest.MemoryStore(t)
		set(time.Now())
		return s
	})
}

func TestMemoryKeepsTime(t *testing.T) {
	queuetest.TestTime(t, func(t *testing.T) (queuetest.Line, func(time.Time)) { return queuetest.MemoryStore(t) })
}

func TestModelKeepsTime(t *testing.T) {
	queuetest.TestTime(t, func(t *testing.T) (queuetest.Line, func(time.Time)) {
		m := queuetest.NewModel()
		return m, func(now time.Time) { m.Now = func() time.Time { return now } }
	})
}

func TestStoreKeepsTime(t *testing.T) {
	queuetest.TestTime(t, func(t *testing.T) (queuetest.Line, func(time.Time)) {
		rdb, set := queuetest.Clocked(t)
		s, err := queue.NewStore(rdb, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s, set
	})
}

func TestModelHasSlots(t *testing.T) {
	t.Parallel()
	queuetest.TestSlots(t, func(t *testing.T) (queuetest.Line, func(time.Time)) {
		m := queuetest.NewModel()
		return m, func(now time.Time) { m.Now = func() time.Time { return now } }
	})
}

func TestMemoryHasSlots(t *testing.T) {
	t.Parallel()
	queuetest.TestSlots(t, func(t *testing.T) (queuetest.Line, func(time.Time)) { return queuetest.MemoryStore(t) })
}

func TestStoreHasSlots(t *testing.T) {
	t.Parallel()
	queuetest.TestSlots(t, func(t *testing.T) (queuetest.Line, func(time.Time)) {
		rdb, set := queuetest.Clocked(t)
		s, err := queue.NewStore(rdb, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s, set
	})
}
