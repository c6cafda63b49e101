package api

import (
	"strings"
	"testing"
)

func TestSheet_NamesTheClinicsOwnPageOnThisServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for lang, heading := range map[string]string{"ja": "到着したら、ここから", "en": "Arrived? Start here"} {
		res := w.do(ask{method: "GET", path: "/in/" + w.number() + "/sheet?lang=" + lang})
		for _, want := range []string{heading, w.clinic.Name, `<p class="url">` + w.url + "/in/" + w.number() + "</p>", `<path d="M`} {
			if res.status != 200 || !strings.Contains(string(res.body), want) {
				t.Errorf("%d, no %q in the sheet:\n%s", res.status, want, res.body)
			}
		}
	}
	for path, status := range map[string]int{"/in/9998/sheet": 404, "/in/12/sheet": 404} {
		if res := w.do(ask{method: "GET", path: path}); res.status != status || strings.Contains(string(res.body), "<svg") {
			t.Errorf("%s: %d %s", path, res.status, res.body)
		}
	}
}
