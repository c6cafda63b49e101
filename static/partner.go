package static

import (
	"fmt"
	"strings"
)

// The values that the pages for partners list, in this order. The element and
// the frame use embedItems and embedThemes too.
var (
	embedItems      = []string{"waiting", "message", "address", "hours"} // (D17)
	embedThemes     = []string{"light", "dark", "auto"}
	embedAttributes = []string{"service", "lang", "show", "theme", "accent", "server"}
	boardFields     = []string{"name", "calling", "waiting", "absent", "reception", "availability", "waitMinutes", "slots", "message"}
	frameTypes      = []string{"board", "pulse", "stale", "bye"}
)

// EmbedItems returns the public items that a partner's page can show (D17).
func EmbedItems() []string { return append([]string(nil), embedItems...) }

// EmbedThemes returns the themes of the element and the frame, default first.
func EmbedThemes() []string { return append([]string(nil), embedThemes...) }

// FramePage is /embed/:service, a board in an iframe of a partner's page.
type FramePage struct {
	Lang    string
	Show    string // some of [EmbedItems], separated by spaces
	Theme   string // one of [EmbedThemes]
	Accent  string // a colour such as "#005599"; "" is the default
	Board   *Board // nil if Wrong is set
	At      string // local time of the board, "10:23"
	Address string
	Hours   string
	Wrong   string // why there is no board: "", "unknown", "missing"
}

// PartnerPage is /partner, where a partner generates the HTML for a board.
// Without a Service, there is no HTML yet.
type PartnerPage struct {
	Lang      string
	Typed     string           // number, as typed
	Wrong     string           // error of the number: "", "malformed", "unknown", "many"
	Services  []PartnerService // choices, if the number of a clinic was typed
	Service   string           // "1234-1"
	Name      string           // of the service
	Origins   []string         // sites that the clinic allows; empty allows every site
	Speak     string           // language of the board
	Show      string           // some of [EmbedItems], separated by spaces
	Theme     string           // one of [EmbedThemes]
	Accent    string           // "#005599"
	Own       bool             // Accent is not the default
	Element   string           // HTML with the element
	Frame     string           // HTML with the iframe
	FramePath string           // path of the frame on this server
	Height    int              // of the frame, in CSS pixels
}

// PartnerService is a choice on a [PartnerPage].
type PartnerService struct{ Service, Name, URL string }

// DocsPage is /partner/docs, the documentation for partners' programs.
type DocsPage struct {
	Lang    string // "ja" or "en"
	Server  string // origin of this server in the reader's browser, "https://junban.example"
	Clinic  string // "1234"
	Service string // of the examples, "1234-1"
}

// SamplePage is /partner/sample, a sample homepage of a partner with the
// element.
type SamplePage struct {
	Lang         string
	Service      string // "1234-1"
	ServerOrigin string // origin of the server with the element, "https://junban.example"
}

// embedReception returns the key of the text for the state of the web desk in
// the element and the frame. On a partner's page, the text must mention the
// web.
func embedReception(b Board) string { return strings.Replace(reception(b), "reception.", "embed.", 1) }

func (FramePage) template() string   { return "embed.html" }
func (PartnerPage) template() string { return "partner.html" }
func (DocsPage) template() string    { return "docs.html" }
func (SamplePage) template() string  { return "sample.html" }

// exampleText is an example program of the documentation.
type exampleText struct{ Name, Text string }

// example reads an example and inserts the reader's service and this server.
func example(name string, p DocsPage) (exampleText, error) {
	content, err := files.ReadFile("src/partner/examples/" + name)
	if err != nil {
		return exampleText{}, fmt.Errorf("reading an example: %w", err)
	}
	text := strings.NewReplacer(
		"https://junban.example", p.Server,
		"wss://junban.example", strings.Replace(p.Server, "http", "ws", 1),
		"1234-1", p.Service,
	).Replace(strings.TrimSpace(string(content)))
	return exampleText{name, text}, nil
}

// hasWord reports whether a list, separated by spaces, contains a word.
func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}
