package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"junban/static/internal/manifest"
)

// builder is the tool that builds dist; a test compares the version with
// go.mod.
const builder = "esbuild v0.28.2"

// entries returns the bundles: logical name without extension, and source.
func entries() []api.EntryPoint {
	return []api.EntryPoint{
		{OutputPath: "patient", InputPath: "src/patient/patient.ts"},
		{OutputPath: "patient", InputPath: "src/patient/patient.css"},
		{OutputPath: "tickets", InputPath: "src/tickets/tickets.ts"},
		{OutputPath: "tickets", InputPath: "src/tickets/tickets.css"},
		{OutputPath: "sw", InputPath: "src/worker/worker.ts"},
		{OutputPath: "icon192", InputPath: "src/icons/icon192.png"},
		{OutputPath: "icon512", InputPath: "src/icons/icon512.png"},
		{OutputPath: "mask512", InputPath: "src/icons/mask512.png"},
		{OutputPath: "touch180", InputPath: "src/icons/touch180.png"},
		{OutputPath: "slot", InputPath: "src/slot/slot.ts"},
		{OutputPath: "slot", InputPath: "src/slot/slot.css"},
		{OutputPath: "book", InputPath: "src/book/book.ts"},
		{OutputPath: "book", InputPath: "src/book/book.css"},
		{OutputPath: "arrive", InputPath: "src/arrive/arrive.ts"},
		{OutputPath: "arrive", InputPath: "src/arrive/arrive.css"},
		{OutputPath: "sheet", InputPath: "src/sheet/sheet.ts"},
		{OutputPath: "sheet", InputPath: "src/sheet/sheet.css"},
		{OutputPath: "display", InputPath: "src/display/display.ts"},
		{OutputPath: "display", InputPath: "src/display/display.css"},
		{OutputPath: "staff", InputPath: "src/staff/staff.ts"},
		{OutputPath: "staff", InputPath: "src/staff/staff.css"},
		{OutputPath: "books", InputPath: "src/books/books.ts"},
		{OutputPath: "books", InputPath: "src/books/books.css"},
		{OutputPath: "clinic", InputPath: "src/clinic/clinic.ts"},
		{OutputPath: "clinic", InputPath: "src/clinic/clinic.css"},
		{OutputPath: "index", InputPath: "src/index/index.css"},
		{OutputPath: "partner", InputPath: "src/partner/partner.ts"},
		{OutputPath: "partner", InputPath: "src/partner/partner.css"},
		{OutputPath: "sample", InputPath: "src/sample/sample.css"},
		{OutputPath: "frame", InputPath: "src/frame/frame.css"},
		{OutputPath: "tellme", InputPath: "src/tellme/tellme.ts"},
		{OutputPath: "tellme", InputPath: "src/tellme/tellme.css"},
		{OutputPath: "inbox", InputPath: "src/inbox/inbox.ts"},
		{OutputPath: "inbox", InputPath: "src/inbox/inbox.css"},
		{OutputPath: "embed", InputPath: "src/embed/embed.ts"},
		{OutputPath: "language", InputPath: "src/lib/language.ts"},
	}
}

// bundle builds the sources in the folder root. It returns the files of dist by
// path, including the manifest.
func bundle(root string) (map[string][]byte, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("finding the sources: %w", err)
	}
	options := api.BuildOptions{
		AbsWorkingDir:       abs,
		EntryPointsAdvanced: entries(),
		EntryNames:          "[name]-[hash]",
		Outdir:              "dist/assets",
		Bundle:              true,
		MinifySyntax:        true,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		Format:              api.FormatIIFE,
		Charset:             api.CharsetUTF8,
		LegalComments:       api.LegalCommentsEndOfFile,
		// The screens of 2020 run Chromium 68, which lacks globalThis. esbuild
		// lowers syntax, but does not polyfill names.
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "68"},
			{Name: api.EngineSafari, Version: "12"},
			{Name: api.EngineFirefox, Version: "68"},
		},
		// Safari 12 supports destructuring. esbuild assumes it from 14.1 only,
		// because of bugs in rare cases, and cannot lower it.
		Supported: map[string]bool{"destructuring": true},
		Define:    map[string]string{"globalThis": "window"},
		Loader:    map[string]api.Loader{".png": api.LoaderCopy},
		Plugins:   []api.Plugin{usedTokens(abs), withoutIndent()},
		LogLevel:  api.LogLevelSilent,
	}
	sources, err := manifest.Hash(os.DirFS(root))
	if err != nil {
		return nil, err
	}
	note := manifest.Manifest{Builder: builder, Sources: sources, Files: make(map[string]manifest.File)}
	built := make(map[string][]byte)
	if err := build(options, built, note.Files); err != nil {
		return nil, err
	}
	if err := bundleWatchdog(options, built, note.Files); err != nil {
		return nil, err
	}
	if err := bundleWords(root, options, built, note.Files); err != nil {
		return nil, err
	}
	encoded, err := json.MarshalIndent(note, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the manifest: %w", err)
	}
	built[manifest.Name] = append(encoded, '\n')
	return built, nil
}

// bundleWatchdog adds the script that reloads a screen whose browser cannot run
// the main script. It is compiled to ES5.
func bundleWatchdog(options api.BuildOptions, built map[string][]byte, files map[string]manifest.File) error {
	options.EntryPointsAdvanced = []api.EntryPoint{{OutputPath: "watchdog", InputPath: "src/display/watchdog.ts"}}
	options.Engines, options.Supported, options.Target = nil, nil, api.ES5
	return build(options, built, files)
}

// build runs esbuild and adds its output.
func build(options api.BuildOptions, built map[string][]byte, files map[string]manifest.File) error {
	result := api.Build(options)
	if err := failed(result.Errors); err != nil {
		return err
	}
	if err := failed(result.Warnings); err != nil {
		return err
	}
	for _, f := range result.OutputFiles {
		base := filepath.Base(f.Path)
		logical, err := logicalName(base)
		if err != nil {
			return err
		}
		path := "assets/" + base
		switch logical {
		case "embed.js":
			path = "embed/v1.js"
		case "sw.js": // its scope is its own folder, and browsers request it by name
			path = "sw.js"
		}
		built[path] = f.Contents
		files[logical] = manifest.File{Path: path, Bytes: len(f.Contents)}
	}
	return nil
}

// logicalName removes the hash from a name: "patient-7F3K2A.js" → "patient.js",
// "patient.words.zh-Hans-7F3K2A.js" → "patient.words.zh-Hans.js".
func logicalName(base string) (string, error) {
	ext := filepath.Ext(base)
	name := strings.TrimSuffix(base, ext)
	cut := strings.LastIndex(name, "-")
	if cut < 0 {
		return "", fmt.Errorf("built file %s has no hash in its name", base)
	}
	return name[:cut] + ext, nil
}

func failed(messages []api.Message) error {
	if len(messages) == 0 {
		return nil
	}
	text := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return errors.New("bundling: " + strings.TrimSpace(strings.Join(text, "")))
}

func gzipSize(content []byte) (int, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return 0, fmt.Errorf("compressing: %w", err)
	}
	if _, err := zip.Write(content); err != nil {
		return 0, fmt.Errorf("compressing: %w", err)
	}
	if err := zip.Close(); err != nil {
		return 0, fmt.Errorf("compressing: %w", err)
	}
	return out.Len(), nil
}
