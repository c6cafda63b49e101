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

var (
	fromLocale = regexp.MustCompile(`import \{([^}]*)\} from "\.\./locale/ja\.json";`)
	groupNamed = regexp.MustCompile(`(\.\.\.)?\b([A-Za-z]+)\b(:)?`)
)

// translated puts the sentences of a language where a texts.ts names their groups.
// What it lacks stays Japanese, so that no page shows a key.
func translated(ja, l locale) api.Plugin {
	return api.Plugin{Name: "translated", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `[\\/]texts\.ts$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, fmt.Errorf("read the groups of a page: %w", err)
			}
			text, err := spelledOut(string(source), over(ja, l))
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderTS}, err
		})
	}}
}

// spelledOut writes the groups into the object of a texts.ts that names them: each
// as a value of its own and a name for it would cost every page a hundred bytes.
func spelledOut(source string, whole locale) (string, error) {
	before, rest, ok := strings.Cut(source, "const texts = {")
	groups, after, closed := strings.Cut(rest, "};")
	if !ok || !closed || !fromLocale.MatchString(before) {
		return "", errors.New("a texts.ts names no groups of sentences")
	}
	var failed error
	groups = groupNamed.ReplaceAllStringFunc(groups, func(named string) string {
		m := groupNamed.FindStringSubmatch(named)
		if m[3] != "" {
			return named
		}
		if whole[m[2]] == nil {
			failed = fmt.Errorf("no such group of sentences: %s", m[2])
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

// over returns the sentences of l, and those of ja that l lacks. A language has plural
// forms that Japanese does not have.
func over(ja, l locale) locale {
	whole := make(locale)
	for group, sentences := range ja {
		whole[group] = maps.Clone(sentences)
		maps.Copy(whole[group], l[group])
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
