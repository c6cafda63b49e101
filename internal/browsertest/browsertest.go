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
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

//go:embed fonts/*.ttf
var fonts embed.FS

// setting names the environment variable with another Chromium than the one in
// PATH: a path or a command name.
const setting = "JUNBAN_TEST_CHROMIUM"

// startLimit is how long a browser may take to start on a busy machine.
const startLimit = 2 * time.Minute

// Path is the Chromium that the tests start. The error says that there is none.
func Path() (string, error) {
	name := os.Getenv(setting)
	if name == "" {
		name = "chromium"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("find the browser (%s names another one): %w", setting, err)
	}
	return path, nil
}

// Needs skips the test where there is no Chromium. With JUNBAN_TEST_FULL it fails
// the test instead.
func Needs(t testing.TB) {
	t.Helper()
	_, err := Path()
	switch {
	case err == nil:
	case os.Getenv("JUNBAN_TEST_FULL") != "":
		t.Fatalf("the full run needs chromium: %v", err)
	default:
		t.Skipf("%v (make test installs it)", err)
	}
}

// Options starts a headless Chromium on a profile folder, which it creates. The
// folder also holds the fonts, so nothing is left once the caller removes it.
func Options(profile string, more ...chromedp.ExecAllocatorOption) ([]chromedp.ExecAllocatorOption, error) {
	path, err := Path()
	if err != nil {
		return nil, err
	}
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
