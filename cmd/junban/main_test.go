//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/internal/sqldb/sqldbtest"
)

func TestMain(m *testing.M) { programtest.Main(m, sqldbtest.Stop) }

func TestProgram_PrintsHelpAndVersion(t *testing.T) {
	t.Parallel()
	if out := programtest.Must(t, "", nil, "--help"); !strings.Contains(out, "\n  --listen ADDR   ") {
		t.Errorf("--help prints %s", out)
	}
	if out := programtest.Must(t, "", nil, "clinic", "import", "--help"); !strings.Contains(out, "みなと内科クリニック") {
		t.Errorf("clinic import --help prints no example: %s", out)
	}
	if out := programtest.Must(t, "", nil, "version"); !strings.HasPrefix(out, "junban ") {
		t.Errorf("version prints %q", out)
	}
}

func TestProgram_ExitsWithTwoOnInvalidCommandLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		env, args []string
		want      string
	}{
		{nil, []string{"--colour"}, "-colour"},
		{nil, []string{"--listen", "8080"}, `--listen: "8080"`},
		{[]string{"JUNBAN_DRAIN=soon"}, nil, `JUNBAN_DRAIN: "soon"`},
		{nil, []string{"clinics"}, "unexpected argument clinics"},
		{nil, []string{"clinic", "import"}, `expected "<file>"`},
		{nil, []string{"user", "set", "1234"}, `expected "<name>"`},
	}
	for _, test := range tests {
		code, stdout, stderr := programtest.Result(t, "", test.env, test.args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%v %v exits with %d: %s%s", test.env, test.args, code, stdout, stderr)
		}
	}
}

func TestImport_ReportsLineAndFieldAndImportsNothing(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	data := "--data=" + t.TempDir()
	file := filepath.Join(t.TempDir(), "clinics.yaml")
	if err := os.WriteFile(file, []byte(one("2001")+"---\n"+one("2002")+"colour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := programtest.Result(t, "", nil, data, "clinic", "import", file)
	if code != exitError || stdout != "" || !strings.Contains(stderr, file+`:12: colour: unknown field "colour"`) {
		t.Errorf("exits with %d: %s%s", code, stdout, stderr)
	}
	for _, forged := range []string{`"医院\n2002\tにせ医院"`, `"医院\e[2J"`, `"医院\u202e"`} { // would forge a line or clear the screen
		in := strings.Replace(one("2001"), "name: 医院", "name: "+forged, 1)
		if code, _, stderr := programtest.Result(t, in, nil, data, "clinic", "import", "-"); code != exitError || !strings.Contains(stderr, "name: has control characters") {
			t.Errorf("%s exits with %d: %s", forged, code, stderr)
		}
	}
	if out := programtest.Must(t, "", nil, data, "clinic", "list"); out != "" {
		t.Errorf("the clinics were imported: %s", out)
	}
	if code, _, stderr := programtest.Result(t, "", nil, data, "clinic", "import", file+".yml"); code != exitError || !strings.Contains(stderr, "no such file") {
		t.Errorf("a missing file exits with %d: %s", code, stderr)
	}
}

func TestClinics_AreImportedListedAndRemoved(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	data := "--data=" + t.TempDir()
	programtest.Must(t, one("2001")+"---\n"+strings.Replace(one("2000"), "listed: true", "listed: false", 1), nil, data, "clinic", "import", "-")
	if out, want := programtest.Must(t, "", nil, data, "clinic", "list"), "2000\t医院\tunlisted\t2000-1 内科\n2001\t医院\tlisted\t2001-1 内科\n"; out != want {
		t.Errorf("listed:\n%swant:\n%s", out, want)
	}
	programtest.Must(t, strings.Replace(one("2001"), "医院", "新医院", 1), nil, data, "clinic", "import", "-")
	programtest.Must(t, "", nil, data, "clinic", "remove", "2000")
	if out, want := programtest.Must(t, "", nil, data, "clinic", "list"), "2001\t新医院\tlisted\t2001-1 内科\n"; out != want {
		t.Errorf("listed:\n%swant:\n%s", out, want)
	}
	if code, _, stderr := programtest.Result(t, "", nil, data, "clinic", "remove", "2000"); code != exitError || !strings.Contains(stderr, "no clinic has this number") {
		t.Errorf("removing it again exits with %d: %s", code, stderr)
	}
	if code, _, stderr := programtest.Result(t, "", nil, data, "register", "rebuild"); code != exitError || !strings.Contains(stderr, "in memory") {
		t.Errorf("a rebuild without a register exits with %d: %s", code, stderr)
	}
	if code, _, stderr := programtest.Result(t, "", nil, data, "clinic", "remove", "all"); code != exitUsage {
		t.Errorf("an invalid number exits with %d: %s", code, stderr)
	}
}

func TestUsers_LogInWithTheirPassword(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	data := "--data=" + s.Data
	programtest.Must(t, "from stdin\nnot this\n", nil, data, "user", "set", "1234", "ann")
	programtest.Must(t, "not this\n", []string{"JUNBAN_PASSWORD=from the environment"}, data, "user", "set", "1234", "ben")
	printed := regexp.MustCompile(`(?m)^password: (\S+)$`).FindStringSubmatch(programtest.Must(t, "", nil, data, "user", "set", "1234", "cho"))
	if printed == nil {
		t.Fatal("no generated password is printed")
	}
	if out := programtest.Must(t, "", nil, data, "user", "list", "1234"); out != "ann\tadmin\nben\tadmin\ncho\tadmin\ndemo\tadmin\n" {
		t.Errorf("listed: %s", out)
	}
	for user, password := range map[string]string{"ann": "from stdin", "ben": "from the environment", "cho": printed[1]} {
		c := programtest.Client{URL: s.URL}
		if status := c.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: user, Password: password}, nil); status != http.StatusOK {
			t.Errorf("%s logs in: %d", user, status)
		}
	}
	programtest.Must(t, "from stdin\n", nil, data, "user", "set", "1234", "ann", "--role", "desk")
	programtest.Must(t, "from stdin\n", nil, data, "user", "set", "1234", "ann") // keeps the role
	if out := programtest.Must(t, "", nil, data, "user", "list", "1234"); !strings.HasPrefix(out, "ann\tdesk\nben\tadmin\n") {
		t.Errorf("listed after a change of role: %s", out)
	}
	var session wire.Login
	desk := programtest.Client{URL: s.URL}
	desk.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "ann", Password: "from stdin"}, &session)
	if status := desk.Do(t, "GET", "/v1/clinics/1234/users", nil, nil, nil); session.Role != "desk" || status != http.StatusForbidden {
		t.Errorf("a user of role %q reads the users: %d", session.Role, status)
	}
	for _, args := range [][]string{{"user", "set", "1234", "ann", "--role", "king"}, {"user", "list", "1234", "--role", "desk"}} {
		if code, _, stderr := programtest.Result(t, "from stdin\n", nil, append(args, data)...); code != exitUsage || !strings.Contains(stderr, "--role") {
			t.Errorf("%v exits with %d: %s", args, code, stderr)
		}
	}
	programtest.Must(t, "", nil, data, "user", "remove", "1234", "ann")
	c := programtest.Client{URL: s.URL}
	if status := c.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "ann", Password: "from stdin"}, nil); status != http.StatusUnauthorized {
		t.Errorf("a removed user logs in: %d", status)
	}
	for _, args := range [][]string{{"user", "remove", "1234", "ann"}, {"user", "set", "9999", "ann"}, {"user", "list", "9999"}} {
		if code, _, stderr := programtest.Result(t, "", nil, append(args, data)...); code != exitError {
			t.Errorf("%v exits with %d: %s", args, code, stderr)
		}
	}
	if code, _, stderr := programtest.Result(t, "short\n", nil, data, "user", "set", "1234", "dan"); code != exitError || !strings.Contains(stderr, "at least 8") {
		t.Errorf("a short password exits with %d: %s", code, stderr)
	}
}
