//go:build unix

package e2e

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// examples are the programs that the documentation shows to a reader.
func examples(t *testing.T, junban string) map[string]string {
	t.Helper()
	res, err := http.Get(junban + "/partner/docs?service=1234-1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)<pre tabindex="0" data-example="([^"]+)"><code>(.*?)</code></pre>`).FindAllStringSubmatch(string(text), -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

func TestE2E_TheExamplesOfTheDocumentationRun(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "node"} {
		programtest.Needs(t, program)
	}
	chrome := browser(t)
	s := program(t)
	c := s.Client()
	c.LogIn(t, "1234", "demo")
	c.Issue(t, "one")
	c.Issue(t, "two")
	c.Do(t, "POST", "/v1/services/1234-1/call", map[string]string{"Idempotency-Key": "k"}, wire.CallRequest{Room: "1"}, nil)
	all := examples(t, s.URL)
	var names []string
	for name, text := range all {
		names = append(names, name)
		if strings.Contains(text, "junban.example") {
			t.Errorf("%s is about no server of ours:\n%s", name, text)
		}
	}
	if len(names) != 8 {
		t.Fatalf("the examples are %q", names)
	}

	run := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail")
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s\n%v: %s", script, err, out)
		}
		return string(out)
	}
	out := run(all["board.sh"])
	tag := regexp.MustCompile(`(?i)\netag: (W/"[^"]+")`).FindStringSubmatch(out)
	if !strings.HasPrefix(out, `{"type":"board"`) || !strings.Contains(out, "200 OK") || tag == nil {
		t.Fatalf("curl shows %s", out)
	}
	if out := run(strings.Replace(all["board.sh"], `W/"…"`, tag[1], 1)); !strings.Contains(out, "304 Not Modified") {
		t.Errorf("curl with the ETag shows %s", out)
	}
	if line, _, _ := strings.Cut(run("set +o pipefail; "+all["events.sh"]+" | grep -m1 board"), "\n"); !strings.HasPrefix(line, `data: {"type":"board"`) {
		t.Errorf("curl's stream begins with %s", line)
	}

	for name, want := range map[string]string{"board.js": "内科: 1", "events.js": "1", "socket.js": "1"} {
		p := open(t, chrome, name, homepage(t, `<p id="junban"></p><script>`+all[name]+`</script>`), 800, 600)
		p.is("document.querySelector('#junban').textContent", want)
	}
	p := open(t, chrome, "element.html", homepage(t, all["element.html"]), 800, 600)
	p.contains(elementText, "診療時間")
	p.is(computed("box", "borderTopColor"), "rgb(138, 59, 18)")

	for _, size := range []int64{360, 1280} {
		docs := open(t, chrome, fmt.Sprintf("docs-%d", size), s.URL+"/partner/docs", size, 900)
		docs.fits()
		docs.picture("page")
	}
}

// wordPress is the documented environment of WordPress: one attribute is set, the
// others have their defaults, and a page contains the shortcode.
const wordPress = `<?php
$scripts = [];
$shortcodes = [];
function add_shortcode($tag, $callback) { global $shortcodes; $shortcodes[$tag] = $callback; }
function shortcode_atts($usual, $given) { return array_merge($usual, array_intersect_key($given, $usual)); }
function wp_enqueue_script($handle, $src, $deps, $version, $footer) { global $scripts; $scripts[$handle] = $src; }
function esc_attr($text) { return htmlspecialchars($text, ENT_QUOTES); }
require $argv[1];
echo '<meta charset="utf-8">';
echo $shortcodes['junban'](['lang' => 'en', 'show' => 'waiting"><b>', 'onclick' => 'no']);
foreach ($scripts as $src) echo '<script src="' . $src . '"></script>';
`

func TestE2E_TheExamplesInPHPRun(t *testing.T) {
	t.Parallel()
	for _, program := range []string{embedded.Program, "php"} {
		programtest.Needs(t, program)
	}
	chrome := browser(t)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := s.Client()
	c.Issue(t, "one")
	all := examples(t, s.URL)
	folder := t.TempDir()
	php := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "php", append([]string{"-d", "error_reporting=-1", "-d", "display_errors=stderr"}, args...)...)
		cmd.Env = append(os.Environ(), "TMPDIR="+folder) // where the example keeps the board
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		if err := cmd.Run(); err != nil || said.Len() > 0 {
			t.Fatalf("php %q: %v: %s", args, err, said.String())
		}
		return out.String()
	}
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}

	board := file("board.php", all["board.php"])
	if out := php(board); out != "内科: 1" {
		t.Errorf("the board is %q", out)
	}
	c.Issue(t, "two")
	kept := filepath.Join(folder, "junban-1234-1.json")
	after := func(age time.Duration, script, want string) {
		t.Helper()
		if err := os.Chtimes(kept, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
		if out := php(script); out != want {
			t.Errorf("%s after it was kept the board is %q, want %q", age, out, want)
		}
	}
	after(0, board, "内科: 1")
	after(20*time.Second, board, "内科: 2")

	shortcode := php(file("wordpress.php", wordPress), file("shortcode.php", all["shortcode.php"]))
	if strings.Contains(shortcode, "<b>") || strings.Contains(shortcode, "onclick") {
		t.Errorf("what a page gives gets through: %s", shortcode)
	}
	p := open(t, chrome, "wordpress", homepage(t, shortcode), 800, 600)
	p.contains(elementText, "Waiting 2 groups")

	down := file("down.php", strings.ReplaceAll(all["board.php"], s.URL, "http://127.0.0.1:1"))
	after(20*time.Second, down, "内科: 2")
	after(2*time.Minute, down, "–")
}
