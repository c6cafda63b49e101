package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"junban/cmd/junban/internal/programtest"
)

// TestTimerSlack_IsOfTheMonitorThread reads the slack of each thread of a server. Its
// monitor thread is the first that Go starts.
func TestTimerSlack_IsOfTheMonitorThread(t *testing.T) {
	t.Parallel()
	s := programtest.Serve(t, t.TempDir(), nil)
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", s.Cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if len(threads) < 2 {
		t.Fatalf("%d threads", len(threads))
	}
	for _, thread := range threads[:2] { // later ones have it from those
		got, err := os.ReadFile("/proc/" + thread.Name() + "/timerslack_ns")
		if errors.Is(err, os.ErrPermission) {
			t.Skip("to read another process's slack needs CAP_SYS_NICE")
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint(timerSlack.Nanoseconds()); strings.TrimSpace(string(got)) != want {
			t.Errorf("thread %s has a slack of %s ns, want %s", thread.Name(), got, want)
		}
	}
}
