package main

import (
	"fmt"
	"os"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// indented is the end of a line between two tags, or values, of a template. In a
// script no line begins with a tag, and none with a value.
var indented = regexp.MustCompile(`([>}])\n\s+(</?[a-z]|\$\{)`)

// withoutIndent leaves the indentation of templates out of the bundles: where
// HTML has a line end, it asks for no more than a space.
func withoutIndent() api.Plugin {
	return api.Plugin{Name: "without indent", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `[\\/]src[\\/].*\.ts$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("read source: %w", err)
			}
			tight := indented.ReplaceAllString(string(source), "$1 $2")
			return api.OnLoadResult{Contents: &tight, Loader: api.LoaderTS}, nil
		})
	}}
}
