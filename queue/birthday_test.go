package queue

import (
	"encoding/json"
	"testing"
	"unsafe"
)

func TestBirthday_IsADateAsText(t *testing.T) {
	for text, want := range map[string]string{
		`{"birth":"1990-01-31"}`: `{"birth":"1990-01-31"}`, `{"birth":""}`: `{}`, `{}`: `{}`,
	} {
		var p Patient
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(p); err != nil || string(got) != want {
			t.Errorf("%s is written as %s, %v; want %s", text, got, err, want)
		}
	}
	if err := json.Unmarshal([]byte(`{"birth":"1990-02-30"}`), new(Patient)); err == nil {
		t.Error("the 30th of February is read")
	}
}

// TestPatient_FitsAMapValue holds that the maps of patients need no allocation for each.
func TestPatient_FitsAMapValue(t *testing.T) {
	if size := unsafe.Sizeof(Patient{}); size > 128 {
		t.Errorf("a patient takes %d bytes, want at most 128", size)
	}
}
