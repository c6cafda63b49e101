package programtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// folder contains the built program, or is "" before the first build.
var folder string

// build builds the program once per process, with the race detector if the
// tests use it.
var build = sync.OnceValues(func() (string, error) {
	var err error
	if folder, err = os.MkdirTemp("", "junban"); err != nil {
		return "", err
	}
	program := filepath.Join(folder, "junban")
	args := []string{"build", "-buildvcs=false", "-o", program}
	if raceDetector {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "junban/cmd/junban")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return program, nil
})

// Main runs the tests, the cleanups, and exits.
func Main(m *testing.M, cleanups ...func()) {
	code := m.Run()
	for _, f := range cleanups {
		f()
	}
	os.RemoveAll(folder)
	os.Exit(code)
}
