// Package browsertest starts Chromium for tests, with the fonts of this package
// only.
//
// The layout of a page depends on its fonts. A private fontconfig file lists
// only the folder of these fonts. So the fonts of the machine have no effect.
package browsertest

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

//go:embed fonts/*.ttf
var fonts embed.FS

// setting is the environment variable with the path or command of another
// browser.
const setting = "JUNBAN_TEST_CHROMIUM"

// startLimit is the time that a browser may take to start on a busy machine.
const startLimit = 2 * time.Minute

// The browsers of Debian. Shell is the headless Chromium. A page costs half the
// CPU time there. It cannot install apps, and stores no preferences. Shell is
// the program itself, because its wrapper script does not end with the parent
// process.
const (
	Chromium = "chromium"
	Shell    = "/usr/lib/chromium/chromium-headless-shell"
)

// Find returns the path of the browser in JUNBAN_TEST_CHROMIUM, or of the first
// installed command. Without a browser, it skips the test, or fails it with
// JUNBAN_TEST_FULL.
func Find(t testing.TB, commands ...string) (path string) {
	t.Helper()
	if name := os.Getenv(setting); name != "" {
		commands = []string{name}
	}
	for _, name := range commands {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		t.Fatalf("%s: not installed, but JUNBAN_TEST_FULL requires it", strings.Join(commands, " or "))
	}
	t.Skipf("%s: not installed (make tools installs it; %s selects another browser)", strings.Join(commands, " or "), setting)
	return ""
}

// Options returns the options to start a browser with a profile folder, which
// it creates. The folder also contains the fonts; the caller removes it.
func Options(path, profile string, more ...chromedp.ExecAllocatorOption) ([]chromedp.ExecAllocatorOption, error) {
	config, err := writeFonts(filepath.Join(profile, "test-fonts"))
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Env("FONTCONFIG_FILE="+config, "FONTCONFIG_PATH="+filepath.Dir(config)),
		chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("disable-lcd-text", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "ja"),
		chromedp.WSURLReadTimeout(startLimit),
	)
	return append(options, more...), nil
}

// config is a fontconfig file, with placeholders for the folders of the fonts
// and the cache. Every generic family is the Japanese font, which includes the
// Latin letters. The other fonts have the characters that it lacks.
const config = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>%s</dir>
<cachedir>%s</cachedir>
<match target="pattern">
<edit name="family" mode="append_last" binding="strong"><string>Noto Sans JP</string><string>Noto Sans SC</string><string>Noto Sans KR</string></edit>
<edit name="hinting" mode="assign"><bool>false</bool></edit>
<edit name="antialias" mode="assign"><bool>true</bool></edit>
<edit name="rgba" mode="assign"><const>none</const></edit>
</match>
</fontconfig>
`

// writeFonts writes the fonts and a fontconfig file to a folder, and returns
// the path of the file.
func writeFonts(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("writing the fonts: %w", err)
	}
	inside, err := fs.Sub(fonts, "fonts")
	if err != nil {
		return "", fmt.Errorf("reading the fonts: %w", err)
	}
	if err := os.CopyFS(filepath.Join(folder, "fonts"), inside); err != nil {
		return "", fmt.Errorf("writing the fonts: %w", err)
	}
	file := filepath.Join(folder, "fonts.conf")
	text := fmt.Sprintf(config, filepath.Join(folder, "fonts"), filepath.Join(folder, "cache"))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return "", fmt.Errorf("writing the font configuration: %w", err)
	}
	return file, nil
}
