// Package browsertest starts Chromium for tests, with the fonts of this package
// and no others.
//
// A page is laid out by its fonts. The tests therefore bring their own: a private
// fontconfig file lists the folder of these fonts only, so fonts of the machine
// are invisible to the browser. Row T1.
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

// setting is the environment variable that names another browser than those of
// Debian, by path or command.
const setting = "JUNBAN_TEST_CHROMIUM"

// startLimit is how long a browser may take to start on a busy machine.
const startLimit = 2 * time.Minute

// The browsers of Debian. Shell has the engine of Chromium without its windows: a
// page costs half the CPU time there. It cannot install apps and keeps no
// preferences. Its command is a script that does not end with its browser's
// parent, so this is the program itself.
const (
	Chromium = "chromium"
	Shell    = "/usr/lib/chromium/chromium-headless-shell"
)

// Find returns the path of the browser that JUNBAN_TEST_CHROMIUM names, or of the
// first of the commands that is installed. Without one it skips the test; with
// JUNBAN_TEST_FULL it fails the test.
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
		t.Fatalf("%s: not installed, and the full run needs it", strings.Join(commands, " or "))
	}
	t.Skipf("%s: not installed (make test installs it; %s names another browser)", strings.Join(commands, " or "), setting)
	return ""
}

// Options starts the browser at a path on a profile folder, which it creates. The
// folder also holds the fonts, so nothing is left once the caller removes it.
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

// config is a fontconfig file. Its values are the folder of the fonts and the one
// for the cache. Every generic family is the Japanese font, which has all Latin
// letters too; the others have what it lacks.
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

// writeFonts writes the fonts and a fontconfig file for them to a folder, and
// returns the file.
func writeFonts(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("write the fonts: %w", err)
	}
	inside, err := fs.Sub(fonts, "fonts")
	if err != nil {
		return "", fmt.Errorf("read the fonts: %w", err)
	}
	if err := os.CopyFS(filepath.Join(folder, "fonts"), inside); err != nil {
		return "", fmt.Errorf("write the fonts: %w", err)
	}
	file := filepath.Join(folder, "fonts.conf")
	text := fmt.Sprintf(config, filepath.Join(folder, "fonts"), filepath.Join(folder, "cache"))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return "", fmt.Errorf("write the font configuration: %w", err)
	}
	return file, nil
}
