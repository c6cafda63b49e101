package idle

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestMap_DropsUnusedEntries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := Map[string, int]{Age: time.Minute}
		m.Set("idle", 1)
		m.Set("used", 2)
		for range 5 {
			time.Sleep(30 * time.Second)
			if v, ok := m.Get("used"); !ok || v != 2 {
				t.Fatalf("the entry in use is %d, %v", v, ok)
			}
		}
		if _, ok := m.Get("idle"); ok || len(m.entries) != 1 {
			t.Errorf("%d entries are left", len(m.entries))
		}
		time.Sleep(2 * time.Minute)
		if len(m.entries) != 0 {
			t.Errorf("%d entries are left at the end", len(m.entries))
		}
		if v := m.GetOrSet("used", 3); v != 3 {
			t.Errorf("a dropped entry is %d", v)
		}
		if v := m.GetOrSet("used", 4); v != 3 {
			t.Errorf("the entry is %d", v)
		}
		m.Delete("used")
		time.Sleep(time.Hour) // all timers of the map have fired
	})
}
