// Package manifest is the note that the build leaves for the program: which
// file stands for which name, and from which sources all of it was made.
//
// It promises that writer and readers agree, because the build, the program and
// the test of freshness share this one file. It never reads dist itself.
package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Name is where the manifest lies in dist.
const Name = "manifest.json"

// Manifest describes one build.
type Manifest struct {
	Builder string          `json:"builder"` // what built it, with its version
	Sources string          `json:"sources"` // Hash of the sources
	Files   map[string]File `json:"files"`   // by logical name, such as "patient.js"
}

// File is one built file.
type File struct {
	Path  string `json:"path"`  // in dist, slashes
	Bytes int    `json:"bytes"` // uncompressed
}

// Hash digests the path and content of every file under the source roots of
// static (fsys is the folder static), in the order of their paths. Tests are
// left out: they do not change what is built.
func Hash(fsys fs.FS) (string, error) {
	var names []string
	for _, root := range []string{"build", "src", "vendor"} {
		err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !entry.IsDir() && !isTest(name) {
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("list sources: %w", err)
		}
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", fmt.Errorf("read source: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(content))
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".test.ts")
}
