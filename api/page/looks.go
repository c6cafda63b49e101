package page

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"junban/static"
)

// usualAccent is the default colour of the element's numbers.
const usualAccent = "#005599"

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// looks are a partner's options of the element or the frame.
type looks struct {
	speak, show, theme string
	accent             string // "" is the usual one
}

// looksOf reads the options of a query. An unknown value counts as absent.
func looksOf(q url.Values) looks {
	l := looks{speak: static.Japanese, theme: q.Get("theme"), accent: q.Get("accent")}
	chosen := strings.FieldsFunc(strings.Join(q["show"], " "), func(r rune) bool { return r == ',' || r == ' ' })
	var show []string
	for _, item := range static.EmbedItems() {
		if slices.Contains(chosen, item) {
			show = append(show, item)
		}
	}
	if show == nil {
		show = static.EmbedItems()[:2]
	}
	l.show = strings.Join(show, " ")
	if !slices.Contains(static.EmbedThemes(), l.theme) {
		l.theme = static.EmbedThemes()[0]
	}
	if !colour.MatchString(l.accent) || strings.EqualFold(l.accent, usualAccent) {
		l.accent = ""
	}
	for _, s := range static.Languages() {
		if s.Code == q.Get("speak") {
			l.speak = s.Code
		}
	}
	return l
}

// framePath is the frame with those looks, on this server.
func (l looks) framePath(service string) string {
	q := url.Values{"lang": {l.speak}, "show": {strings.ReplaceAll(l.show, " ", ",")}, "theme": {l.theme}}
	if l.accent != "" {
		q.Set("accent", l.accent)
	}
	return "/embed/" + service + "?" + q.Encode()
}

// element is the HTML that shows the board on a partner's page.
func (l looks) element(origin, service string) string {
	more := ""
	if l.theme != static.EmbedThemes()[0] {
		more += fmt.Sprintf(" theme=%q", l.theme)
	}
	if l.accent != "" {
		more += fmt.Sprintf(" accent=%q", l.accent)
	}
	return fmt.Sprintf("<script type=\"module\" src=\"%s/embed/v1.js\"></script>\n<junban-board service=%q lang=%q show=%q%s></junban-board>",
		html.EscapeString(origin), service, l.speak, l.show, more)
}

// height is the height of a frame of the usual width, in CSS pixels. It fits a message
// of a few lines, two rooms that call and the hours of most clinics.
func (l looks) height() int {
	needs := map[string]int{"waiting": 260, "message": 140, "address": 80, "hours": 160}
	h := 40
	for item := range strings.FieldsSeq(l.show) {
		h += needs[item]
	}
	return h
}

// frame is the HTML that frames the board on a partner's page.
func (l looks) frame(origin, service, name string) string {
	return fmt.Sprintf("<iframe src=\"%s\" title=\"%s\"\n  width=\"360\" height=\"%d\" frameborder=\"0\" loading=\"lazy\"></iframe>",
		html.EscapeString(origin+l.framePath(service)), html.EscapeString(name), l.height())
}
