package firefoxtest

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// program is the command that is run, or that of JUNBAN_TEST_FIREFOX.
const program = "firefox-esr"

// Find skips the test if there is no Firefox. With JUNBAN_TEST_FULL, it fails the test.
func Find(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath(cmp.Or(os.Getenv("JUNBAN_TEST_FIREFOX"), program))
	switch {
	case err == nil:
		return path
	case os.Getenv("JUNBAN_TEST_FULL") != "":
		t.Fatalf("%v, but JUNBAN_TEST_FULL requires it", err)
	}
	t.Skipf("%v (make tools installs it)", err)
	return ""
}

// prefs make a browser of Japanese pages that shows notifications without a desktop, and
// asks no server of Mozilla.
const prefs = `
user_pref("alerts.useSystemBackend", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.auto", false);
user_pref("app.update.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("browser.topsites.contile.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("captivedetect.canonicalURL", "");
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.push.connection.enabled", true);
user_pref("dom.push.testing.allowInsecureServerURL", true);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("intl.accept_languages", "ja");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.proxy.type", 0);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.unified", false);
user_pref("dom.push.serverURL", %q);
`

// Firefox is a running browser. It is safe for concurrent use.
type Firefox struct {
	cmd     *exec.Cmd
	profile string
	conn    *websocket.Conn
	end     context.CancelFunc

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	gone    error
}

// answer is the end of a command.
type answer struct {
	ID      int             `json:"id"`
	Type    string          `json:"type"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

var listening = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

// Start starts a headless browser with a new profile, connected to the push service at
// that address. Close ends it.
func Start(path, pushServer string) (*Firefox, error) {
	profile, err := os.MkdirTemp("", "junban")
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	f := &Firefox{profile: profile, end: end, waiting: make(map[int]chan answer)}
	if err := f.start(ctx, path, pushServer); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Firefox) start(ctx context.Context, path, pushServer string) error {
	if err := os.WriteFile(filepath.Join(f.profile, "user.js"), fmt.Appendf(nil, prefs, pushServer), 0o600); err != nil {
		return err
	}
	f.cmd = exec.CommandContext(ctx, path, "--headless", "--no-remote", "--profile", f.profile, "--remote-debugging-port", "0", "--remote-allow-system-access")
	f.cmd.Env = append(os.Environ(), "HOME="+f.profile, "MOZ_CRASHREPORTER_DISABLE=1")
	inOwnGroup(f.cmd)
	printed, err := f.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := f.cmd.Start(); err != nil {
		return err
	}
	found := make(chan string)
	go func() {
		defer close(found)
		for lines := bufio.NewScanner(printed); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	address, ok := <-found
	if !ok {
		return errors.New("firefox ended before it listened")
	}
	go func() {
		for range found { // until it ends
		}
	}()
	if f.conn, _, err = websocket.Dial(ctx, address+"/session", nil); err != nil {
		return fmt.Errorf("connecting to firefox: %w", err)
	}
	f.conn.SetReadLimit(64 << 20)
	go f.read(ctx)
	return f.Call(ctx, "session.new", map[string]any{"capabilities": map[string]any{}}, nil)
}

// Close ends the browser and removes its profile.
func (f *Firefox) Close() {
	if f.conn != nil {
		f.conn.CloseNow()
	}
	f.end()
	if f.cmd != nil && f.cmd.Process != nil {
		_ = f.cmd.Wait() // killed
	}
	os.RemoveAll(f.profile)
}

// read passes answers to the callers that wait for them.
func (f *Firefox) read(ctx context.Context) {
	for {
		_, text, err := f.conn.Read(ctx)
		var a answer
		if err == nil {
			err = json.Unmarshal(text, &a)
		}
		f.mu.Lock()
		if err != nil {
			f.gone = fmt.Errorf("firefox: %w", err)
			for _, c := range f.waiting {
				close(c)
			}
			f.waiting = nil
			f.mu.Unlock()
			return
		}
		if c := f.waiting[a.ID]; c != nil && a.Type != "event" {
			delete(f.waiting, a.ID)
			c <- a
		}
		f.mu.Unlock()
	}
}

// Call sends a command of WebDriver BiDi and decodes its result.
func (f *Firefox) Call(ctx context.Context, method string, params, into any) error {
	f.mu.Lock()
	if f.gone != nil {
		defer f.mu.Unlock()
		return f.gone
	}
	f.last++
	id, done := f.last, make(chan answer, 1)
	f.waiting[id] = done
	f.mu.Unlock()
	text, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		return err
	}
	if err := f.conn.Write(ctx, websocket.MessageText, text); err != nil {
		return fmt.Errorf("firefox: %w", err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("firefox: %s: %w", method, ctx.Err())
	case a, ok := <-done:
		switch {
		case !ok:
			return fmt.Errorf("firefox left during %s", method)
		case a.Type != "success":
			return fmt.Errorf("firefox: %s: %s: %s", method, a.Error, strings.TrimSpace(a.Message))
		case into == nil:
			return nil
		}
		return json.Unmarshal(a.Result, into)
	}
}

// Grant gives the pages of an origin a permission.
func (f *Firefox) Grant(ctx context.Context, permission, origin string) error {
	return f.Call(ctx, "permissions.setPermission", map[string]any{"descriptor": map[string]any{"name": permission}, "state": "granted", "origin": origin}, nil)
}
