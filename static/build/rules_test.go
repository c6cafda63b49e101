package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormRules_AreWhatIsCommitted(t *testing.T) {
	t.Parallel()
	want, err := formRules()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "src/rules.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("src/rules.ts does not follow queue/clinic: run go generate ./static\n%s", diff)
	}
}
