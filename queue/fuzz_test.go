package queue_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Whatever somebody writes for a ticket, it is refused or its parts make it again.
func FuzzParseTicketID(f *testing.F) {
	for _, s := range []string{
		"1234-1-261121-k3f9a1x2m7qd", "1234-99-000229-000000000000", "1234-1-261131-k3f9a1x2m7qd", "1234-0-261121-k3f9a1x2m7qd", "",
		"1234-1-261121-k3f9a1x2m7qd\n", "１２３４-1-261121-k3f9a1x2m7qd", "1234-1-261121-K3F9A1X2M7QD", "1234-1--261121-k3f9a1x2m7qd",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := queue.ParseTicketID(s)
		if err != nil {
			return
		}
		ref, err := clinic.ParseRef(id.Ref().String())
		if err != nil || ref != id.Ref() {
			t.Fatalf("%q is of %v: %v", s, id.Ref(), err)
		}
		day, err := time.Parse(time.DateOnly, string(id.Day()))
		if err != nil {
			t.Fatalf("%q is of the day %q", s, id.Day())
		}
		if len(s) < 12 || ref.String()+"-"+day.Format("060102")+"-"+s[len(s)-12:] != s {
			t.Errorf("%q is of %s on %s", s, ref, id.Day())
		}
	})
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"1234-1", "0000-99", "1234-0", "1234-01", "1234", "1234-100", "-1", "1234-1\n", "１２３４-１", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := clinic.ParseRef(s)
		if err != nil {
			return
		}
		if ref.String() != s {
			t.Errorf("%q is %v", s, ref)
		}
		if c, err := clinic.ParseID(string(ref.Clinic)); err != nil || c != ref.Clinic {
			t.Errorf("%q is of clinic %q: %v", s, ref.Clinic, err)
		}
	})
}
