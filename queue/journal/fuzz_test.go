package journal_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/queue/journal"
)

// Any log is refused or folds to the same keys each time. They have each entry's
// changes of a ticket.
func FuzzFold(f *testing.F) {
	const id = "1234-1-261121-k3f9a1x2m7qd"
	issue := `{"id":"` + id + `","n":1,"s":"waiting","ch":"web","party":2,"pos":"000000015","seq":2}`
	counts := `{"counts":{"1":{"issued":1,"web:":1,"returns":"1/x/web: "}},"with":"` + id + `"}`
	f.Add("1-0", "1", "issue", id, "{}", issue, counts, "2", `{"s":"waiting"}`, `{"s":"called","room":"1","last":true}`)
	f.Add("1-0", "1", "record", "1234", "", "", "", "1", "{}", issue)
	f.Add("1-0", "1", "epoch", "1234", "a", "b", "", "3", "{}", "{}")
	f.Add("1-1", "1", "issue", id, "{}", `{"s":{},"lane":[]}`, "", "2", `{"s":{},"lane":[]}`, `{"s":false}`)
	f.Add("x", "-1", "issue", id, "", "{", "{", "18446744073709551616", "null", "[]")
	f.Add("1-0", "1", "issue", id, "{}", `{"s":"done","seq":1e400,"party":"x"}`, `{"counts":{"":{"returns":"/"}}}`, "1", "{}", `{"ch":"web","first":true}`)
	f.Fuzz(func(t *testing.T, entry, version, act, object, was, is, more, version2, was2, is2 string) {
		var events []journal.Event
		for _, e := range []redis.XMessage{
			{ID: entry, Values: map[string]any{"v": version, "mark": "m" + version, "act": act, "id": object, "by": "staff:a:b", "was": was, "is": is, "more": more}},
			{ID: entry + "1", Values: map[string]any{"v": version2, "mark": "m" + version2, "act": "call", "id": object, "was": was2, "is": is2}},
		} {
			read, err := journal.ReadEvent(e)
			if err != nil {
				return
			}
			if read.By.Name != "" && read.By.Name != "a:b" || read.Was != e.Values["was"] || read.Is != e.Values["is"] {
				t.Fatalf("%+v was read as %+v", e, read)
			}
			events = append(events, read)
		}
		told := func() (journal.DayKeys, error) {
			var day journal.DayState
			for _, e := range events {
				if err := day.Enter(e); err != nil {
					return nil, err
				}
			}
			_ = day.Check()
			return day.Keys()
		}
		keys, err := told()
		again, errAgain := told()
		if (err == nil) != (errAgain == nil) || !maps.EqualFunc(keys, again, maps.Equal) {
			t.Fatalf("folded to %v (%v), and then to %v (%v)", keys, err, again, errAgain)
		}
		if err != nil {
			return
		}
		if _, ok := events[0].Ticket(); ok && !json.Valid([]byte(keys["tickets"][object])) {
			t.Errorf("ticket %s is %q, among %v", object, keys["tickets"][object], slices.Sorted(maps.Keys(keys)))
		}
	})
}
