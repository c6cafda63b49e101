package main

import (
	"fmt"
	"os"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// indented matches a line break with indentation between two tags or values of
// a template. Lines of scripts never begin with a tag or value.
var indented = regexp.MustCompile(`([>}])\n\s+(</?[a-z]|\$\{)`)

// withoutIndent replaces the indentation in templates by a space, which is
// equivalent in HTML.
func withoutIndent() api.Plugin {
	return api.Plugin{Name: "without indent", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `[\\/]src[\\/].*\.ts$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("reading a source: %w", err)
			}
			tight := indented.ReplaceAllString(string(source), "$1 $2")
			return api.OnLoadResult{Contents: &tight, Loader: api.LoaderTS}, nil
		})
	}}
}
