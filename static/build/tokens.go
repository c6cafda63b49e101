package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	agencyTokens = "vendor/design-tokens/tokens.css"
	ourTokens    = "src/design/tokens.css"
	maxDepth     = 10 // of references between tokens
)

var (
	declared = regexp.MustCompile(`(?m)^\s*(--[a-z0-9-]+):\s*([^;]+);$`)
	referred = regexp.MustCompile(`var\((--[a-z0-9-]+)\)`)
	imported = regexp.MustCompile(`(?m)^@import .*;$`)
	spaced   = regexp.MustCompile(`(?m)^(\s*--[a-z0-9-]+:) `) // esbuild keeps it
)

// usedTokens replaces references to the agency's tokens by their values. So
// pages carry neither the three hundred unused tokens nor their names.
func usedTokens(root string) api.Plugin {
	return api.Plugin{Name: "used tokens", Setup: func(b api.PluginBuild) {
		filter := api.OnLoadOptions{Filter: regexp.QuoteMeta(filepath.FromSlash(ourTokens)) + "$"}
		b.OnLoad(filter, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			agency, err := os.ReadFile(filepath.Join(root, agencyTokens))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("reading the agency's tokens: %w", err)
			}
			ours, err := os.ReadFile(filepath.Join(root, ourTokens))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("reading our tokens: %w", err)
			}
			css, err := resolve(string(agency), string(ours))
			return api.OnLoadResult{Contents: &css, Loader: api.LoaderCSS}, err
		})
	}}
}

// resolve replaces references to the agency's tokens by their values, and
// removes the import. An unknown token is an error, because browsers ignore it
// silently.
func resolve(agency, ours string) (string, error) {
	values, own := make(map[string]string), make(map[string]bool)
	for _, d := range declared.FindAllStringSubmatch(agency, -1) {
		values[d[1]] = d[2]
	}
	for _, d := range declared.FindAllStringSubmatch(ours, -1) {
		own[d[1]] = true
	}
	css := imported.ReplaceAllString(ours, "")
	for range maxDepth {
		var unknown error
		next := referred.ReplaceAllStringFunc(css, func(reference string) string {
			name := referred.FindStringSubmatch(reference)[1]
			value, ok := values[name]
			switch {
			case ok:
				return value
			case !own[name]:
				unknown = fmt.Errorf("unknown token %s", name)
			}
			return reference
		})
		if unknown != nil || next == css {
			return spaced.ReplaceAllString(css, "$1"), unknown
		}
		css = next
	}
	return "", errors.New("tokens refer to each other in a cycle")
}
