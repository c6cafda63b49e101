package sqldb_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	sqldbtest.Stop()
	os.Exit(code)
}

// TestMigrate_AppliesEachOnce runs migrations of both programs, older and newer.
func TestMigrate_AppliesEachOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		one := fstest.MapFS{"0001_a.sql": {Data: []byte("CREATE TABLE a (k TEXT PRIMARY KEY, b BLOB, n BIGINT); -- a; comment\nCREATE INDEX a_n ON a (n)")}}
		two := fstest.MapFS{"0001_a.sql": one["0001_a.sql"], "0002_b.sql": {Data: []byte("ALTER TABLE a ADD COLUMN more TEXT NOT NULL DEFAULT 'x'")}}
		for range 2 {
			if err := db.Migrate(t.Context(), "test", one); err != nil {
				t.Fatal(err)
			}
		}
		failed := make(chan error, 4)
		for range cap(failed) {
			go func() { failed <- db.Migrate(t.Context(), "test", two) }()
		}
		for range cap(failed) {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		if err := db.Migrate(t.Context(), "test", one); err == nil {
			t.Error("an older program accepted a newer database")
		}
		if err := db.Migrate(t.Context(), "gap", fstest.MapFS{"0002_b.sql": two["0002_b.sql"]}); err == nil {
			t.Error("a gap between the numbers was accepted")
		}
		stop := errors.New("stop")
		for _, end := range []error{stop, nil} {
			err := db.Write(t.Context(), func(tx *sql.Tx) error {
				for _, k := range []string{"b", "B", "あ", "a_"} {
					if _, err := tx.ExecContext(t.Context(), "INSERT INTO a (k, b, n) VALUES ($1, $2, $3)", k, []byte(k), 1); err != nil {
						return err
					}
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
		}
		rows, err := db.QueryContext(t.Context(), "SELECT k FROM a WHERE n = $1 ORDER BY k", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var keys []string
		for rows.Next() {
			var k string
			if err := rows.Scan(&k); err != nil {
				t.Fatal(err)
			}
			keys = append(keys, k)
		}
		if want := []string{"B", "a_", "b", "あ"}; rows.Err() != nil || !slices.Equal(keys, want) {
			t.Errorf("keys %v, want %v in the order of their bytes: %v", keys, want, rows.Err())
		}
	})
}

// TestOpen_MakesAFileForItsOwnerOnly checks that other users cannot read the names in it.
func TestOpen_MakesAFileForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(string) (*sqldb.DB, error){
		"New":  sqldb.New, // which a server migrates without a ping
		"Open": func(address string) (*sqldb.DB, error) { return sqldb.Open(t.Context(), address) },
	} {
		t.Run(name, func(t *testing.T) { makesAFileForItsOwnerOnly(t, open) })
	}
}

func makesAFileForItsOwnerOnly(t *testing.T, open func(string) (*sqldb.DB, error)) {
	path := filepath.Join(t.TempDir(), "a ?&#%20.db")
	db, err := open(sqldb.File(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), "test", fstest.MapFS{"0001_a.sql": {Data: []byte("CREATE TABLE a (k TEXT)")}}); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal"} {
		if stat, err := os.Stat(file); err != nil || stat.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, stat, err)
		}
	}
}
