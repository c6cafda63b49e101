package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestMain lets the test binary run as a worker process or a bare server.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && (os.Args[1] == workerCommand || os.Args[1] == bareCommand) {
		main()
	}
	code := m.Run()
	_ = os.RemoveAll(builtFolder)
	os.Exit(code)
}

// needRedis skips the test without redis-server, or fails it in the full run.
func needRedis(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("JUNBAN_TEST_FULL") != "" {
			t.Fatalf("the full run needs redis-server: %v", err)
		}
		t.Skipf("skipped without redis-server: %v", err)
	}
}

// builtJunban builds junban once for the tests that are not about building it.
var builtJunban = sync.OnceValues(func() (string, error) {
	var err error
	if builtFolder, err = os.MkdirTemp("", "junban-loadtest"); err != nil {
		return "", err
	}
	binary := filepath.Join(builtFolder, "junban")
	if out, err := exec.Command("go", "build", "-o", binary, "junban/cmd/junban").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building junban: %w: %s", err, out)
	}
	return binary, nil
})

// builtFolder has what builtJunban has built; empty before.
var builtFolder string

// closableBuffer is a standard output for run.
type closableBuffer struct{ bytes.Buffer }

func (*closableBuffer) Close() error { return nil }

// runCommand runs the program with a command line.
func runCommand(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out closableBuffer
	var errs bytes.Buffer
	code = run(t.Context(), args, func(string) string { return "" }, os.Stdin, &out, &errs)
	return code, out.String(), errs.String()
}

// TestShort_HoldsTheLimitsOfAnyMachine runs every scenario at small counts
// against a real server, and checks the limits that apply always.
func TestShort_HoldsTheLimitsOfAnyMachine(t *testing.T) {
	needRedis(t)
	page := filepath.Join(t.TempDir(), "report.html")
	code, stdout, stderr := runCommand(t, "all", "--short", "--html", page)
	t.Logf("%s\n%s", stderr, stdout)
	if code != 0 {
		t.Fatalf("ended with %d", code)
	}
	for _, e := range scenarios() {
		if !strings.Contains(stdout, e.name+": ") {
			t.Errorf("%s is not in the table", e.name)
		}
	}
	limits, err := readBudget("")
	if err != nil {
		t.Fatal(err)
	}
	for key := range limits.Quiet {
		scenario, name, _ := strings.Cut(key, "/")
		if scenario == "nation" && strings.Contains(name, " against ") {
			continue // a ratio to the time of a few acts, which may be missing
		}
		if scenario != compareCommand && !strings.Contains(stdout, "  "+name+" ") {
			t.Errorf("%s has a limit and is not measured", key)
		}
	}
	report, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"http:", "https:", "src=", "href=", "url(", "NaN", "ZgotmplZ"} {
		if bytes.Contains(report, []byte(foreign)) {
			t.Errorf("the report has %q", foreign)
		}
	}
	if n := bytes.Count(report, []byte("<svg")); n < 5 {
		t.Errorf("the report has %d plots", n)
	}
}

func TestShort_OverTLS(t *testing.T) {
	needRedis(t)
	junban, err := builtJunban()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"fanout --tls --watchers 20 --clicks 2", "idle --tls --watchers 500 --for 1s"} {
		code, stdout, stderr := runCommand(t, append(strings.Fields(args), "--junban", junban)...)
		if name, _, _ := strings.Cut(args, " "); code != 0 || !strings.Contains(stdout, name+"-tls: ") {
			t.Errorf("%s: ended with %d: %s\n%s", args, code, stderr, stdout)
		}
	}
}

func TestRun_EndsWith1WhenTheBudgetIsBroken(t *testing.T) {
	needRedis(t)
	junban, err := builtJunban()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "budget.json")
	if err := os.WriteFile(file, []byte(`{"always":{"click/last watcher, max":{"max":0},"click/first watcher, max":{"min":0}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := runCommand(t, "click", "--watchers", "3", "--calls", "1", "--budget", file, "--bench", "--junban", junban)
	if code != 1 || !strings.Contains(stderr, "budget: click/last watcher, max is ") || strings.Contains(stderr, "first watcher") {
		t.Errorf("ended with %d: %s", code, stderr)
	}
	for line := range strings.Lines(stdout) {
		if f := strings.Fields(line); len(f) != 4 || !strings.HasPrefix(f[0], "BenchmarkClick/") || f[1] != "1" {
			t.Errorf("not a benchmark line: %q", line)
		}
	}
	if !strings.Contains(stdout, "BenchmarkClick/last_watcher_p99 1 ") {
		t.Errorf("no benchmark line of the last watcher in:\n%s", stdout)
	}
}

func TestRun_RefusesInvalidCommandLines(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, want string }{
		{"flood", `no scenario "flood"`},
		{"fanout --watchers 0", "1 to 18000"},
		{"fanout --watchers 1000000", "1 to 18000"},
		{"soak --for 10h", "0s to 5h0m0s"},
		{"click --pin 0", "not SERVER:WATCHERS"},
		{"click again", `unexpected argument "again"`},
		{"compare again", `unexpected argument "again"`},
		{"compare --budget /nowhere", "/nowhere"},
		{"compare --url http://127.0.0.1:1", "not defined: -url"},
		{"click --budget /nowhere", "/nowhere"},
		{"click --url http://192.0.2.1", "not on the loopback interface"},
		{"click --url ftp://127.0.0.1", "not on the loopback interface"},
		{"click --url http://127.0.0.1:1 --ops-url http://192.0.2.1", "not on the loopback interface"},
		{"nation --line 40,40", "different, and from 1 to 2000"},
		{"nation --line 40,", "different, and from 1 to 2000"},
		{"nation --nodes 9", "different, and from 1 to 8"},
		{"nation --url http://127.0.0.1:1", "leave out --url"},
		{"drain --url http://127.0.0.1:1", "leave out --url"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := runCommand(t, strings.Fields(test.args)...)
			if code != 1 || !strings.Contains(stderr, test.want) {
				t.Errorf("ended with %d: %s", code, stderr)
			}
		})
	}
}
