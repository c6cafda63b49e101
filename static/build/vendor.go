package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// vendored lists the packages that are copied unchanged: folder → files of
// node_modules. The first file gets a checksum.
var vendored = map[string][]string{
	"vendor/design-tokens": {"@digital-go-jp/design-tokens/dist/tokens.css", "@digital-go-jp/design-tokens/LICENSE"},
	"story/testdata/axe":   {"axe-core/axe.min.js", "axe-core/LICENSE", "axe-core/LICENSE-3RD-PARTY.txt"},
}

// vendor copies third-party files from root/node_modules: parts of the pages,
// and the accessibility checker of the tests.
func vendor(root string) error {
	if err := vendorLit(root); err != nil {
		return err
	}
	for folder, files := range vendored {
		taken := make(map[string][]byte)
		for _, name := range files {
			content, err := os.ReadFile(filepath.Join(root, "node_modules", name))
			if err != nil {
				return fmt.Errorf("reading a package: %w", err)
			}
			taken[filepath.Base(name)] = content
		}
		if err := write(filepath.Join(root, folder), filepath.Base(files[0]), taken); err != nil {
			return err
		}
	}
	return nil
}

// write writes files to a folder, with the SHA-256 of one of them.
func write(folder, summed string, files map[string][]byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("creating a folder: %w", err)
	}
	sum := sha256.Sum256(files[summed])
	files["SHA256"] = []byte(hex.EncodeToString(sum[:]) + "  " + summed + "\n")
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return fmt.Errorf("writing a vendored file: %w", err)
		}
	}
	return nil
}

// litParts has the parts of Lit that the pages use.
const litParts = `export {html, nothing, render} from "lit/html.js";
export {repeat} from "lit/directives/repeat.js";
`

// litDirective matches the creation of a Lit directive. Marking it as pure lets
// pages drop unused directives.
var litDirective = regexp.MustCompile(`(?m)^(var \w+ = )(\w+\(class )`)

// vendorLit bundles Lit from root/node_modules into an ES module, with its
// licence and SHA-256.
func vendorLit(root string) error {
	abs, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("finding Lit: %w", err)
	}
	version, err := litVersion(filepath.Join(abs, "node_modules/lit/package.json"))
	if err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: abs,
		Stdin:         &api.StdinOptions{Contents: litParts, ResolveDir: abs, Sourcefile: "lit.js"},
		Banner:        map[string]string{"js": "// Lit " + version + ", bundled by go run ./build -vendor"},
		Bundle:        true,
		Format:        api.FormatESModule,
		Target:        api.ES2021,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsInline,
		LogLevel:      api.LogLevelSilent,
	})
	if err := failed(result.Errors); err != nil {
		return err
	}
	licence, err := os.ReadFile(filepath.Join(abs, "node_modules/lit/LICENSE"))
	if err != nil {
		return fmt.Errorf("reading Lit's licence: %w", err)
	}
	lit := litDirective.ReplaceAll(result.OutputFiles[0].Contents, []byte("$1/* @__PURE__ */ $2"))
	return write(filepath.Join(abs, "vendor/lit"), "lit.js", map[string][]byte{"lit.js": lit, "LICENSE": licence})
}

func litVersion(path string) (string, error) {
	note, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading Lit's version: %w", err)
	}
	var p struct{ Version string }
	if err := json.Unmarshal(note, &p); err != nil {
		return "", fmt.Errorf("reading Lit's version: %w", err)
	}
	return p.Version, nil
}
