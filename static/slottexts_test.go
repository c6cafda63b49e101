package static

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
)

// TestSlots_HaveTheTextsOfTheTable paints boards of slot mode on the pages that show
// them. The pages' scripts are held to the same table.
func TestSlots_HaveTheTextsOfTheTable(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("src/testing/slots.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name  string
		Board wire.Board
		Texts map[string]map[string][]string // by language and page
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	site, err := New()
	if err != nil {
		t.Fatal(err)
	}
	part := map[string]*regexp.Regexp{
		"patient": regexp.MustCompile(`(?s)<section class="slots">.*?</section>`),
		"clinic":  regexp.MustCompile(`(?s)<article class="service".*?</article>`),
		"frame":   regexp.MustCompile(`(?s)<section>.*?</section>`),
	}
	seen := map[string]bool{}
	for _, c := range cases {
		board := NewBoard(c.Board, nil)
		for lang, want := range c.Texts {
			seen[lang] = true
			got := map[string][]string{}
			for name, page := range map[string]Page{
				"patient": PatientPage{Lang: lang, Board: board, MaxParty: 1, Slot: true},
				"clinic":  ClinicPage{Lang: lang, Boards: []Board{board}},
				"frame":   FramePage{Lang: lang, Show: "waiting", Board: &board, At: "10:50"},
			} {
				var painted bytes.Buffer
				if err := site.Render(&painted, page); err != nil {
					t.Fatal(err)
				}
				got[name] = textsIn(t, part[name].FindString(painted.String()))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, in %s (-table +server):\n%s", c.Name, lang, diff)
			}
		}
	}
	if len(cases) < 6 || len(seen) != len(Languages()) {
		t.Errorf("%d cases in %d languages", len(cases), len(seen))
	}
}
