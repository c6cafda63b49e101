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
	maxDepth     = 10 // of tokens that are made of others
)

var (
	declared = regexp.MustCompile(`(?m)^\s*(--[a-z0-9-]+):\s*([^;]+);$`)
	referred = regexp.MustCompile(`var\((--[a-z0-9-]+)\)`)
	imported = regexp.MustCompile(`(?m)^@import .*;$`)
)

// usedTokens puts the agency's tokens into ours by value: a phone in a hurry needs
// neither the other three hundred nor the names of these.
func usedTokens(root string) api.Plugin {
	return api.Plugin{Name: "used tokens", Setup: func(b api.PluginBuild) {
		filter := api.OnLoadOptions{Filter: regexp.QuoteMeta(filepath.FromSlash(ourTokens)) + "$"}
		b.OnLoad(filter, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			agency, err := os.ReadFile(filepath.Join(root, agencyTokens))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("read the agency's tokens: %w", err)
			}
			ours, err := os.ReadFile(filepath.Join(root, ourTokens))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("read our tokens: %w", err)
			}
			css, err := resolve(string(agency), string(ours))
			return api.OnLoadResult{Contents: &css, Loader: api.LoaderCSS}, err
		})
	}}
}

// resolve writes the agency's values where ours refers to their names, and leaves
// out the import of them. A name that neither of them declares is an error: a
// browser would not say it.
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
				unknown = fmt.Errorf("no such token: %s", name)
			}
			return reference
		})
		if unknown != nil || next == css {
			return css, unknown
		}
		css = next
	}
	return "", errors.New("tokens refer to one another in a ring")
}
