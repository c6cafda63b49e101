package view

import (
	"testing"

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
