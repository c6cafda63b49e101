package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"junban/static/internal/manifest"
)

// japanese is the language of the original texts.
const japanese = "ja"

// deskGroup is a group that only the languages of the desk have.
const deskGroup = "staff"

// embedGroups lists the groups of texts of the element. It includes them in
// Japanese, and requests other languages.
var embedGroups = []string{"embed", "stop", "dayNote"}

// embedSlot lists the texts of slot mode that the element shows. It requests them in
// Japanese too: most boards have no slots.
var embedSlot = []string{"serving", "range", "booked", "called", "caution"}

// locale is the content of a locale file: group → key → text.
type locale map[string]map[string]string

// readLocales reads src/locale, by language.
func readLocales(root string) (map[string]locale, error) {
	paths, err := filepath.Glob(filepath.Join(root, "src/locale/*.json"))
	if err != nil {
		return nil, fmt.Errorf("listing the locale files: %w", err)
	}
	locales := make(map[string]locale)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading a locale file: %w", err)
		}
		var l locale
		if err := json.Unmarshal(content, &l); err != nil {
			return nil, fmt.Errorf("reading the locale file %s: %w", path, err)
		}
		locales[strings.TrimSuffix(filepath.Base(path), ".json")] = l
	}
	return locales, nil
}

// wordEntries returns the bundles with the texts of each page in one language.
// A page loads one language only.
func wordEntries(lang string, l locale) []api.EntryPoint {
	pages := []string{"patient", "slot", "tickets", "clinic", "arrive", "display", "tellme"}
	if _, ok := l[deskGroup]; ok {
		pages = append(pages, "staff", "books")
	}
	var entries []api.EntryPoint
	for _, page := range pages {
		entries = append(entries, api.EntryPoint{OutputPath: page + ".words." + lang, InputPath: "src/" + page + "/texts.ts"})
	}
	return entries
}

var (
	fromLocale = regexp.MustCompile(`import \{([^}]*)\} from "\.\./locale/ja\.json";`)
	groupNamed = regexp.MustCompile(`(\.\.\.)?\b([A-Za-z]+)\b(:)?`)
)

// translated inserts the texts of a language where a texts.ts names their
// groups. Missing texts are in Japanese.
func translated(ja, l locale) api.Plugin {
	return api.Plugin{Name: "translated", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `[\\/]texts\.ts$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("reading the groups of a page: %w", err)
			}
			text, err := insertTexts(string(source), over(ja, l))
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderTS}, err
		})
	}}
}

// insertTexts inserts the groups into the object of a texts.ts that names them.
// A separate value and name for each would cost every page a hundred bytes.
func insertTexts(source string, whole locale) (string, error) {
	before, rest, ok := strings.Cut(source, "const texts = {")
	groups, after, closed := strings.Cut(rest, "};")
	if !ok || !closed || !fromLocale.MatchString(before) {
		return "", errors.New("a texts.ts names no groups of texts")
	}
	var failed error
	groups = groupNamed.ReplaceAllStringFunc(groups, func(named string) string {
		m := groupNamed.FindStringSubmatch(named)
		if m[3] != "" {
			return named
		}
		if whole[m[2]] == nil {
			failed = fmt.Errorf("unknown group of texts %s", m[2])
		}
		content, err := json.Marshal(whole[m[2]])
		failed = errors.Join(failed, err)
		if m[1] != "" {
			return m[1] + string(content)
		}
		return m[2] + ": " + string(content)
	})
	return fromLocale.ReplaceAllString(before, "") + "const texts = {" + groups + "};" + after, failed
}

// over returns the texts of ja, replaced and extended by those of l. A language
// may have plural forms that Japanese lacks.
func over(ja, l locale) locale {
	whole := make(locale)
	for group, sentences := range ja {
		whole[group] = maps.Clone(sentences)
		maps.Copy(whole[group], l[group])
	}
	return whole
}

// embedWords returns the texts that the element requests in a language.
func embedWords(ja, l locale) ([]byte, error) {
	whole, words := over(ja, l), make(locale)
	for _, group := range embedGroups {
		words[group] = whole[group]
	}
	words["slot"] = make(map[string]string)
	for _, key := range embedSlot {
		words["slot"][key] = whole["slot"][key]
	}
	content, err := json.Marshal(words)
	if err != nil {
		return nil, fmt.Errorf("encoding the texts of the element: %w", err)
	}
	return content, nil
}

// bundleWords adds the texts of all languages to the built files.
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
