// Package manifest is the manifest that the build writes for the program. It
// lists the built files by logical name, and has the hash of the sources.
//
// The build, the program and the test of freshness share this package.
package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Name is the name of the manifest in dist.
const Name = "manifest.json"

// Manifest describes one build.
type Manifest struct {
	Builder string          `json:"builder"` // tool with its version
	Sources string          `json:"sources"` // result of Hash
	Files   map[string]File `json:"files"`   // by logical name, such as "patient.js"
}

// File is one built file.
type File struct {
	Path  string `json:"path"`  // in dist, with slashes
	Bytes int    `json:"bytes"` // uncompressed
}

// Hash returns a hash of the paths and contents of all sources; fsys is the
// folder static. It ignores tests, because they do not affect the build.
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
			return "", fmt.Errorf("listing the sources: %w", err)
		}
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", fmt.Errorf("reading a source: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(content))
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".test.ts")
}
