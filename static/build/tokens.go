package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	agencyTokens = "vendor/design-tokens/tokens.css"
	ourTokens    = "src/design/tokens.css"
)

var (
	declared = regexp.MustCompile(`(?m)^\s*(--[a-z0-9-]+):\s*([^;]+);$`)
	referred = regexp.MustCompile(`var\((--[a-z0-9-]+)`)
)

// usedTokens lets a bundle have only those of the agency's tokens that ours are
// made of: a phone in a hurry needs none of the other three hundred.
func usedTokens(root string) api.Plugin {
	return api.Plugin{Name: "used tokens", Setup: func(b api.PluginBuild) {
		filter := api.OnLoadOptions{Filter: regexp.QuoteMeta(filepath.FromSlash(agencyTokens)) + "$"}
		b.OnLoad(filter, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			agency, err := os.ReadFile(filepath.Join(root, agencyTokens))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("read the agency's tokens: %w", err)
			}
			ours, err := os.ReadFile(filepath.Join(root, ourTokens))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("read our tokens: %w", err)
			}
			css, err := pick(string(agency), string(ours))
			return api.OnLoadResult{Contents: &css, Loader: api.LoaderCSS}, err
		})
	}}
}

// pick writes those of the declarations in agency that ours refers to, straight
// or by way of another one. A name that neither of them declares is an error: a
// browser would not say it.
func pick(agency, ours string) (string, error) {
	known := make(map[string]string)
	for _, d := range declared.FindAllStringSubmatch(agency, -1) {
		known[d[1]] = d[2]
	}
	own := make(map[string]bool)
	for _, d := range declared.FindAllStringSubmatch(ours, -1) {
		own[d[1]] = true
	}
	used := make(map[string]bool)
	var follow func(css string) error
	follow = func(css string) error {
		for _, r := range referred.FindAllStringSubmatch(css, -1) {
			name := r[1]
			value, ok := known[name]
			if !ok && !own[name] {
				return fmt.Errorf("no such token: %s", name)
			}
			if !ok || used[name] {
				continue
			}
			used[name] = true
			if err := follow(value); err != nil {
				return err
			}
		}
		return nil
	}
	if err := follow(ours); err != nil {
		return "", err
	}
	var css strings.Builder
	css.WriteString(":root {\n")
	for _, d := range declared.FindAllStringSubmatch(agency, -1) {
		if used[d[1]] {
			fmt.Fprintf(&css, "  %s: %s;\n", d[1], d[2])
		}
	}
	css.WriteString("}\n")
	return css.String(), nil
}
