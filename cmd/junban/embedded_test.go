//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// TestEmbedded_ExpiredNamesLeaveTheFiles lets a patient's name expire and
// restarts the program. Then no file in the data folder contains the name.
func TestEmbedded_ExpiredNamesLeaveTheFiles(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	const name = "Quetzalcoatl Wyvernsmith"
	s := programtest.Serve(t, t.TempDir(), nil)
	inFiles := func() (found bool) {
		err := filepath.WalkDir(s.Data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			found = found || bytes.Contains(content, []byte(name))
			return err
		})
		return found || err != nil // a rewrite may remove files during the walk: retry
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(s.Data, embedded.SocketFile)})
	defer rdb.Close()
	programtest.Eventually(t, "the rewrite of the first start is over", func() bool {
		info := rdb.Info(t.Context(), "persistence", "stats").Val()
		return strings.Contains(info, "\r\naof_rewrites:1\r\n") && strings.Contains(info, "\r\naof_rewrite_in_progress:0\r\n")
	})
	c := programtest.Client{URL: s.URL}
	key := map[string]string{"Idempotency-Key": programtest.Key("name")}
	if status := c.Do(t, "POST", "/v1/services/1234-1/tickets", key, wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: name}}, nil); status != http.StatusCreated {
		t.Fatalf("taking a ticket answers %d", status)
	}
	if !inFiles() {
		t.Fatal("no file contains the name before it expires")
	}

	patients, err := rdb.Keys(t.Context(), "junban:{1234}:*:patients").Result()
	if err != nil || len(patients) != 1 {
		t.Fatalf("keys of patients: %v %v", patients, err)
	}
	if err := rdb.PExpire(t.Context(), patients[0], time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	programtest.Eventually(t, "the name has expired", func() bool { return rdb.Exists(t.Context(), patients[0]).Val() == 0 })
	if !inFiles() {
		t.Fatal("the name left the file without a rewrite, so the test proves nothing")
	}
	s.Stop(t)
	programtest.Serve(t, s.Data, nil)
	programtest.Eventually(t, "no file has the name", func() bool { return !inFiles() })
}
