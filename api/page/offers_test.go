package page

import (
	"testing"

	"junban/static"
)

func TestInOrder_SortsByTimeAndMarksTheNearest(t *testing.T) {
	t.Parallel()
	offer := func(day, slot string) static.BookSlot { return static.BookSlot{Day: day, Slot: slot} }
	for name, tt := range map[string]struct {
		offers []static.BookSlot // nearest first, as the contract sends them
		slot   string
		want   []string // "!" marks the nearest
	}{
		"around it":       {[]static.BookSlot{offer("12-01", "10:30"), offer("12-01", "09:00"), offer("12-02", "09:00")}, "10:00", []string{"12-01 09:00", "12-01 10:30!", "12-02 09:00"}},
		"next morning":    {[]static.BookSlot{offer("12-01", "25:30"), offer("12-01", "22:00"), offer("12-02", "01:00")}, "25:00", []string{"12-01 22:00", "12-01 25:30!", "12-02 01:00"}},
		"another day":     {[]static.BookSlot{offer("12-02", "17:00"), offer("12-02", "09:00")}, "17:00", []string{"12-02 09:00!", "12-02 17:00"}},
		"two as near":     {[]static.BookSlot{offer("12-01", "10:30"), offer("12-01", "09:30")}, "10:00", []string{"12-01 09:30!", "12-01 10:30"}},
		"nothing is free": {nil, "10:00", nil},
	} {
		inOrder(tt.offers, "12-01", tt.slot)
		var got []string
		for _, o := range tt.offers {
			text := o.Day + " " + o.Slot
			if o.Nearest {
				text += "!"
			}
			got = append(got, text)
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
	}
}
