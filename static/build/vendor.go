package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// litParts is all that our pages use of Lit.
const litParts = `export {LitElement, html, nothing} from "lit";
export {repeat} from "lit/directives/repeat.js";
`

// vendorLit bundles Lit from root/node_modules into one ES module beside its
// licence and its SHA-256.
func vendorLit(root string) error {
	abs, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("find Lit: %w", err)
	}
	version, err := litVersion(filepath.Join(abs, "node_modules/lit/package.json"))
	if err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: abs,
		Stdin:         &api.StdinOptions{Contents: litParts, ResolveDir: abs, Sourcefile: "lit.js"},
		Banner:        map[string]string{"js": "// Lit " + version + ", bundled by go run ./build -lit"},
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
		return fmt.Errorf("read Lit's licence: %w", err)
	}
	module := result.OutputFiles[0].Contents
	sum := sha256.Sum256(module)
	for name, content := range map[string][]byte{
		"lit.js":  module,
		"LICENSE": licence,
		"SHA256":  []byte(hex.EncodeToString(sum[:]) + "  lit.js\n"),
	} {
		if err := os.WriteFile(filepath.Join(abs, "vendor/lit", name), content, 0o644); err != nil {
			return fmt.Errorf("write Lit: %w", err)
		}
	}
	return nil
}

func litVersion(path string) (string, error) {
	note, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read Lit's version: %w", err)
	}
	var p struct{ Version string }
	if err := json.Unmarshal(note, &p); err != nil {
		return "", fmt.Errorf("read Lit's version: %w", err)
	}
	return p.Version, nil
}
