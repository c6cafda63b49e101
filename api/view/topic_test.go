package view

import (
	"encoding/json"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

func FuzzParseTopic(f *testing.F) {
	for _, s := range []string{"service:1234-1", "clinic:1234", "ticket:1234-1-261121-k3f9a1x2m7qd", "staff:1234", "", ":", "ticket:1234-1-269999-k3f9a1x2m7qd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTopic(s)
		if err != nil {
			return
		}
		if string(got.Name) != s || frameTypes[got.Kind] == "" {
			t.Errorf("%q is %+v", s, got)
		}
		if _, err := clinic.ParseID(string(got.Clinic)); err != nil {
			t.Errorf("%q is of clinic %q", s, got.Clinic)
		}
	})
}

// TestFrame_IsThatOfJSON compares a frame with the JSON of the contract's struct.
func TestFrame_IsThatOfJSON(t *testing.T) {
	t.Parallel()
	v := View{Zone: time.FixedZone("", 9*3600)}
	for _, snap := range []*queue.Snapshot{{}, {Epoch: "e\"1", Version: 7, At: time.UnixMilli(1764500000123)}} {
		board := wire.Board{Service: "1234-1", Name: "内科 <1>"}
		f, err := v.Frame(snap, ServiceTopic(clinic.Ref{Clinic: "1234", Service: "1"}), board)
		if err != nil {
			t.Fatal(err)
		}
		want := wire.Frame{Type: wire.TypeBoard, Topic: "service:1234-1", Epoch: snap.Epoch, Version: snap.Version, Board: &board}
		if !snap.At.IsZero() {
			want.At = v.At(snap.At)
		}
		body, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		content, err := json.Marshal(board)
		if err != nil {
			t.Fatal(err)
		}
		if string(f.Body) != string(body) || string(f.Content) != string(content) {
			t.Errorf("got\n%s of %s\nwant\n%s", f.Body, f.Content, body)
		}
	}
}
