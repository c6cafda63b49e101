package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateNotice = flag.Bool("update-notice", false, "write NOTICE")

// TestNotice_HasEveryLicenceOfTheProgram compares NOTICE with the licences of
// the linked modules and of the served files.
func TestNotice_HasEveryLicenceOfTheProgram(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".")
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Fields(string(out))
	folders := map[string]string{
		"lit (served to browsers)":                    "../../static/vendor/lit",
		"@digital-go-jp/design-tokens (in the style)": "../../static/vendor/design-tokens",
	}
	for i := 0; i+1 < len(parts); i += 2 {
		folders[parts[i]] = parts[i+1]
	}
	var names []string
	for name := range folders {
		names = append(names, name)
	}
	slices.Sort(names)
	var want strings.Builder
	want.WriteString("junban contains the following third-party software, under these licences.\n")
	for _, name := range names {
		var files []string
		// A folder LICENSES (REUSE) has those of parts too: the parts that are no pictures.
		for _, pattern := range []string{"LICENSE", "LICENSE[^S]*", "LICENSES/BSD*", "COPYING*"} {
			found, err := filepath.Glob(filepath.Join(folders[name], pattern))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
		if len(files) == 0 {
			t.Fatalf("%s has no licence file", name)
		}
		fmt.Fprintf(&want, "\n%s\n%s\n\n", strings.Repeat("-", 79), name)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want.WriteString(strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")) + "\n")
		}
	}
	if *updateNotice {
		if err := os.WriteFile("../../NOTICE", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../../NOTICE")
	if err != nil || string(got) != want.String() {
		t.Errorf("NOTICE is out of date: run go test ./cmd/junban -run TestNotice -update-notice (%v)", err)
	}
}
