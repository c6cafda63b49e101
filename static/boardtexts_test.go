package static

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
)

// TestBoard_HasTheTextsOfTheTable paints the boards of a table to which the pages'
// scripts are held too.
func TestBoard_HasTheTextsOfTheTable(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("src/testing/boards.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name  string
		Board wire.Board
		Texts map[string][]string
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	site, err := New()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cases {
		board := NewBoard(c.Board, map[string]string{"1234-2": "小児科"})
		for lang, want := range c.Texts {
			seen[lang] = true
			var page bytes.Buffer
			if err := site.Render(&page, PatientPage{Lang: lang, Board: board, MaxParty: 1}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, textsIn(t, boardSection.FindString(page.String()))); diff != "" {
				t.Errorf("%s, in %s (-table +server):\n%s", c.Name, lang, diff)
			}
		}
	}
	if len(cases) < 20 || len(seen) != len(Languages()) {
		t.Errorf("%d cases in %d languages", len(cases), len(seen))
	}
}

var (
	boardSection = regexp.MustCompile(`(?s)<section class="board">.*?</section>`)
	boardElement = regexp.MustCompile(`(?s)<(h[1-3]|p|li|dt|dd)\b[^>]*>(.*?)</(h[1-3]|p|li|dt|dd)>`)
	anyTag       = regexp.MustCompile(`<[^>]*>`)
)

// textsIn returns the texts of a part of a page. Each heading, paragraph and item has
// one, and each figure has "name: value".
func textsIn(t *testing.T, part string) (texts []string) {
	t.Helper()
	texts, name := []string{}, ""
	for _, m := range boardElement.FindAllStringSubmatch(part, -1) {
		text := strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(m[2], " "))), " ")
		switch m[1] {
		case "dt":
			name = text
		case "dd":
			texts = append(texts, name+": "+text)
		default:
			texts = append(texts, text)
		}
	}
	if slices.Contains(texts, "") {
		t.Errorf("an element of the page is empty: %q", texts)
	}
	return texts
}
