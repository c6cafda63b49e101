// Command build builds static/dist from static/src. `go generate ./static` runs
// it in the folder static.
//
// The output depends only on the sources. esbuild is pinned in go.sum, names
// have a hash of their content, and nothing is downloaded. The build fails if a
// bundle exceeds its size limit. A test fails if a generated file was edited.
// The build does not use Node, which only checks the types.
//
// With -icons it draws static/src/icons instead. With -vendor it copies
// static/vendor and the accessibility checker from node_modules, which is
// needed only for new versions.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	updateVendor := flag.Bool("vendor", false, "copy vendor from node_modules instead of building dist")
	icons := flag.Bool("icons", false, "draw the icons instead of building dist")
	flag.Parse()
	if err := run(*updateVendor, *icons, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(updateVendor, icons bool, out io.Writer) error {
	if updateVendor {
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
		return fmt.Errorf("writing the contract's types: %w", err)
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

// replace replaces the content of dir by the built files.
func replace(dir string, built map[string][]byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clearing %s: %w", dir, err)
	}
	for name, content := range built {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("creating a folder: %w", err)
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return fmt.Errorf("writing a built file: %w", err)
		}
	}
	return nil
}
