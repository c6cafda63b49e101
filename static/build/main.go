// Command build makes static/dist from static/src: `go generate ./static` runs
// it, in the folder static.
//
// It promises the same bytes for the same sources: esbuild is pinned in go.sum,
// names carry a hash of their content, and nothing is fetched. A bundle over its
// size budget, or a generated file that was edited by hand, is an error of the
// build or of its test. It never runs Node; Node only checks the types.
//
// With -icons it draws static/src/icons again. With -vendor it copies static/vendor and the accessibility checker from
// node_modules instead, which is needed only for another version of one of them.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	again := flag.Bool("vendor", false, "copy vendor from node_modules instead of building dist")
	icons := flag.Bool("icons", false, "draw the icons instead of building dist")
	flag.Parse()
	if err := run(*again, *icons, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(again, icons bool, out io.Writer) error {
	if again {
		return vendor(".")
	}
	if icons {
		return writeIcons("src/icons")
	}
	contract, err := wireTypes("../api/wire")
	if err != nil {
		return err
	}
	if err := os.WriteFile("src/wire.ts", contract, 0o644); err != nil {
		return fmt.Errorf("write the contract's types: %w", err)
	}
	rules, err := formRules()
	if err != nil {
		return err
	}
	if err := os.WriteFile("src/rules.ts", rules, 0o644); err != nil {
		return fmt.Errorf("write the rules of the forms: %w", err)
	}
	built, err := bundle(".")
	if err != nil {
		return err
	}
	if err := replace("dist", built); err != nil {
		return err
	}
	return report(out, built)
}

// replace makes dir hold exactly the built files.
func replace(dir string, built map[string][]byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clear %s: %w", dir, err)
	}
	for name, content := range built {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return fmt.Errorf("write built file: %w", err)
		}
	}
	return nil
}
