package register_test

import (
	"os"
	"testing"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/register"
)

func TestMain(m *testing.M) {
	code := m.Run()
	sqldbtest.Stop()
	os.Exit(code)
}

func TestOpen_MigratesAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for range 2 {
			if _, err := register.Open(t.Context(), db, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}
