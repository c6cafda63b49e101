package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"junban/static/internal/manifest"
)

// japanese is the language that every sentence is written in first.
const japanese = "ja"

// deskGroup is in the locale files of the languages that the desk has.
const deskGroup = "staff"

// embedGroups are the sentences of the element for partners. It carries them in
// Japanese, and asks for any other language.
var embedGroups = []string{"embed", "stop", "dayNote"}

// locale is what one locale file says: group → key → sentence.
type locale map[string]map[string]string

// readLocales reads src/locale by language.
func readLocales(root string) (map[string]locale, error) {
	paths, err := filepath.Glob(filepath.Join(root, "src/locale/*.json"))
	if err != nil {
		return nil, fmt.Errorf("list locales: %w", err)
	}
	locales := make(map[string]locale)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read locale: %w", err)
		}
		var l locale
		if err := json.Unmarshal(content, &l); err != nil {
			return nil, fmt.Errorf("read locale %s: %w", path, err)
		}
		locales[strings.TrimSuffix(filepath.Base(path), ".json")] = l
	}
	return locales, nil
}

// wordEntries are the words of the pages in one language, each a file of its
// own, so that nobody loads the sentences of others.
func wordEntries(lang string, l locale) []api.EntryPoint {
	pages := []string{"patient", "tickets", "clinic", "arrive", "display"}
	if _, ok := l[deskGroup]; ok {
		pages = append(pages, "staff")
	}
	var entries []api.EntryPoint
	for _, page := range pages {
		entries = append(entries, api.EntryPoint{OutputPath: page + ".words." + lang, InputPath: "src/" + page + "/texts.ts"})
	}
	return entries
}

// translated puts a language where the sources name the Japanese file. What it
// lacks stays Japanese, so that no page shows a key.
func translated(ja, l locale) api.Plugin {
	return api.Plugin{Name: "translated", Setup: func(b api.PluginBuild) {
		filter := api.OnLoadOptions{Filter: regexp.QuoteMeta(filepath.FromSlash("/locale/"+japanese+".json")) + "$"}
		b.OnLoad(filter, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := json.Marshal(over(ja, l))
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("write locale: %w", err)
			}
			text := string(content)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJSON}, nil
		})
	}}
}

// over is every sentence of ja, in l where that has it.
func over(ja, l locale) locale {
	whole := make(locale)
	for group, sentences := range ja {
		whole[group] = make(map[string]string)
		for key, sentence := range sentences {
			if said, ok := l[group][key]; ok {
				sentence = said
			}
			whole[group][key] = sentence
		}
	}
	return whole
}

// embedWords is what the element asks for in a language.
func embedWords(ja, l locale) ([]byte, error) {
	whole, words := over(ja, l), make(locale)
	for _, group := range embedGroups {
		words[group] = whole[group]
	}
	content, err := json.Marshal(words)
	if err != nil {
		return nil, fmt.Errorf("write words of the element: %w", err)
	}
	return content, nil
}

// bundleWords adds the words of all languages to what was built.
func bundleWords(root string, options api.BuildOptions, built map[string][]byte, files map[string]manifest.File) error {
	locales, err := readLocales(root)
	if err != nil {
		return err
	}
	ja := locales[japanese]
	for lang, l := range locales {
		options.EntryPointsAdvanced = wordEntries(lang, l)
		options.Plugins = []api.Plugin{translated(ja, l)}
		if err := build(options, built, files); err != nil {
			return err
		}
		words, err := embedWords(ja, l)
		if err != nil {
			return err
		}
		path := "embed/v1." + lang + ".json"
		built[path] = words
		files["embed."+lang+".json"] = manifest.File{Path: path, Bytes: len(words)}
	}
	return nil
}
