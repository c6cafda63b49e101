package register

import (
	"regexp"
	"slices"
	"testing"

	"junban/internal/sqldb/sqldbtest"
	"junban/queue/clinic"
)

// TestRemoveClinic_KnowsEveryTable compares the list with the migrations.
func TestRemoveClinic_KnowsEveryTable(t *testing.T) {
	t.Parallel()
	text, err := migrations.ReadFile("migrations/0001_register.sql")
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for _, m := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \(\n(.*?)\n\);`).FindAllSubmatch(text, -1) {
		if regexp.MustCompile(`(?m)^  clinic TEXT`).Match(m[2]) {
			tables = append(tables, string(m[1]))
		}
	}
	if len(tables) < 5 || !slices.Equal(slices.Sorted(slices.Values(tables)), slices.Sorted(slices.Values(clinicTables))) {
		t.Errorf("the migrations have %v, a removal knows %v", tables, clinicTables)
	}
}

// TestRemoveClinic_LeavesOthers removes one of two clinics.
func TestRemoveClinic_LeavesOthers(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), sqldbtest.SQLite(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"0001", "0002"} {
		d := DayRows{ClinicDay: ClinicDay{clinic.ID(c), "2026-12-01"}, To: Position{Entry: "1-1", Mark: "m", Version: 1}}
		if _, err := s.Project(t.Context(), []DayRows{d}); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int64{1, 0} {
		if n, err := s.RemoveClinic(t.Context(), "0001"); err != nil || n != want {
			t.Errorf("removed %d rows, want %d: %v", n, want, err)
		}
	}
	if left, err := s.Positions(t.Context(), ""); err != nil || len(left) != 1 {
		t.Errorf("left are %v: %v", left, err)
	}
}
