//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

func TestLog_MatchesVerify(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := programtest.Client{URL: s.URL}
	of := c.Issue(t, "a")
	data := "--data=" + s.Data
	out := programtest.Must(t, "", nil, data, "log", "1234", "today")
	last := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
	if columns := strings.Split(last, "\t"); len(columns) != 10 || columns[3] != "issue" || columns[4] != of.Ticket.ID || columns[5] != `"web"` {
		t.Errorf("the log ends with %q", last)
	}
	if out := programtest.Must(t, "", nil, data, "verify", "1234", "today"); !strings.HasPrefix(out, "clinic 1234 on ") || !strings.HasSuffix(out, " 1 tickets\n") {
		t.Errorf("verify prints %q", out)
	}
	if out := programtest.Must(t, "", nil, data, "verify", "1234", "2001-01-01"); !strings.Contains(out, "version 0, 0 events") {
		t.Errorf("for a day without a log, verify prints %q", out)
	}
	for _, args := range [][]string{{"log", "1234", "yesterday"}, {"verify", "1", "today"}, {"log", "1234"}} {
		if code, _, stderr := programtest.Result(t, "", nil, append([]string{data}, args...)...); code != exitUsage {
			t.Errorf("%v exits with %d: %s", args, code, stderr)
		}
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(s.Data, embedded.SocketFile)})
	defer rdb.Close()
	keys := rdb.Keys(t.Context(), "junban:{1234}:*:1:waiting").Val()
	if len(keys) != 1 {
		t.Fatalf("the lines are %v", keys)
	}
	if err := rdb.Del(t.Context(), keys[0]).Err(); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := programtest.Result(t, "", nil, data, "verify", "1234", "today")
	if code != exitError || !strings.HasPrefix(stdout, "1:waiting ") || !strings.Contains(stdout, of.Ticket.ID) || !strings.Contains(stderr, "differences: 1") {
		t.Errorf("after the line was removed, verify exits with %d: %s%s", code, stdout, stderr)
	}
}

// takeTicket takes a ticket from a server that may be killed meanwhile.
func takeTicket(t *testing.T, url, key string) (of wire.Issued, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", url+"/v1/services/1234-1/tickets", strings.NewReader(`{"partySize":1}`))
	if err != nil {
		return of, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", programtest.Key(key))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return of, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Errorf("taking a ticket gets the status %d", answer.StatusCode)
	}
	return of, json.NewDecoder(answer.Body).Decode(&of)
}

// TestServe_KilledDuringActsMatchesItsLog kills the program three times while
// patients take tickets.
func TestServe_KilledDuringActsMatchesItsLog(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	data := t.TempDir()
	numbers := map[int]string{}
	for kill := range 3 {
		s := programtest.Serve(t, data, nil)
		var mu sync.Mutex
		var patients sync.WaitGroup
		enough := make(chan struct{}, 1000)
		for patient := range 4 {
			patients.Go(func() {
				for n := range 200 {
					of, err := takeTicket(t, s.URL, fmt.Sprintf("%d-%d-%d", kill, patient, n))
					if err != nil {
						return // the server was killed
					}
					mu.Lock()
					if other, ok := numbers[of.Ticket.Number]; ok {
						t.Errorf("tickets %[2]s and %[3]s both have the number %[1]d", of.Ticket.Number, other, of.Ticket.ID)
					}
					numbers[of.Ticket.Number] = of.Ticket.ID
					mu.Unlock()
					enough <- struct{}{}
				}
			})
		}
		for range 20 {
			<-enough
		}
		s.Cmd.Process.Kill()
		<-s.Ended
		patients.Wait()
	}
	s := programtest.Serve(t, data, nil)
	t.Logf("%d numbers given over three kills; %s", len(numbers), programtest.Must(t, "", nil, "--data="+s.Data, "verify", "1234", "today"))
	log := programtest.Must(t, "", nil, "--data="+s.Data, "log", "1234", "today")
	for number, id := range numbers {
		if strings.Count(log, "\tissue\t"+id+"\t") != 1 {
			t.Errorf("number %d was acknowledged, but its ticket %s is not in the log", number, id)
		}
	}
}
