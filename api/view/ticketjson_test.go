package view

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"junban/api/wire"
)

// TestAppendTicket_IsThatOfJSON compares the JSON of tickets with random values in all
// their fields, also in those of later versions of the contract.
func TestAppendTicket_IsThatOfJSON(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		var ticket wire.StaffTicket
		fill(t, reflect.ValueOf(&ticket).Elem(), rand.New(rand.NewPCG(seed, 0)))
		want, err := json.Marshal(ticket)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendTicket(nil, &ticket); string(got) != string(want) {
			t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, got, want)
		}
	}
}

// fill sets a value at random. Half of what may be absent is.
func fill(t *testing.T, v reflect.Value, random *rand.Rand) {
	texts := []string{"", "here", "順番 花子", `a "quoted" \ one`, "<b>&amp;", "line\nbreak\t\x00", "\u2028 and \u2029", "broken \xff\xe3", "\x7f", "😀"}
	zones := []*time.Location{time.UTC, time.FixedZone("", 9*3600), time.FixedZone("", -3*3600-1800)}
	absent := random.IntN(2) == 0
	switch v.Interface().(type) {
	case wire.Time:
		v.Set(reflect.ValueOf(wire.Time{Time: time.UnixMilli(random.Int64N(4e12)).In(zones[random.IntN(len(zones))])}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), random)
		}
	case reflect.Pointer:
		if !absent {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), random)
		}
	case reflect.Slice:
		if !absent {
			v.Set(reflect.MakeSlice(v.Type(), random.IntN(3), 3))
			for i := range v.Len() {
				fill(t, v.Index(i), random)
			}
		}
	case reflect.String:
		v.SetString(texts[random.IntN(len(texts))])
	case reflect.Int:
		if !absent {
			v.SetInt(random.Int64N(2000) - 1000)
		}
	case reflect.Bool:
		v.SetBool(!absent)
	default:
		t.Fatalf("no random values of %s", v.Type())
	}
}
