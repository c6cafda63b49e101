package queuetest

import (
	"fmt"
	"os"
	"testing"
)

// Figure logs what a test has counted or measured, and appends it to the file named by
// JUNBAN_FIGURES. A run without -v shows no logs of tests that passed.
func Figure(t testing.TB, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	t.Log(text)
	name := os.Getenv("JUNBAN_FIGURES")
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%s: %s\n", t.Name(), text); err != nil {
		t.Fatal(err)
	}
}
