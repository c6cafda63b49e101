package static

import (
	"fmt"
	"strings"
)

// What the pages of partners speak of, in the order in which they list it. Items
// and Themes are also what the element and the frame know.
var (
	embedItems      = []string{"waiting", "message", "address", "hours"} // D17
	embedThemes     = []string{"light", "dark", "auto"}
	embedAttributes = []string{"service", "lang", "show", "theme", "accent", "server"}
	boardFields     = []string{"name", "calling", "waiting", "absent", "reception", "availability", "waitMinutes", "message"}
	frameTypes      = []string{"board", "pulse", "stale", "bye"}
)

// EmbedItems are the four public items that a partner's page can show (row D17),
// in their order.
func EmbedItems() []string { return append([]string(nil), embedItems...) }

// EmbedThemes are the looks of the element and the frame; the first is the usual one.
func EmbedThemes() []string { return append([]string(nil), embedThemes...) }

// FramePage is /embed/:service, a board in a frame of somebody else's page.
type FramePage struct {
	Lang    string
	Show    string // of [EmbedItems], with blanks between
	Theme   string // of [EmbedThemes]
	Accent  string // a colour, "#005599"; "" is the usual one
	Board   *Board // nil when Wrong says why
	At      string // when the board was read, on the clinic's clock: "10:23"
	Address string
	Hours   string
	Wrong   string // why there is no board: "", "unknown", "missing"
}

// PartnerPage is /partner, on which a partner makes the HTML that shows a board on
// a homepage. Without a Service nothing is made yet.
type PartnerPage struct {
	Lang      string
	Typed     string           // the number, as it was typed
	Wrong     string           // of the number: "", "malformed", "unknown", "many"
	Services  []PartnerService // to choose from, where a clinic's number was typed
	Service   string           // "1234-1"
	Name      string           // of the service
	Origins   []string         // sites that the clinic allows; none is every site
	Speak     string           // the board's language
	Show      string           // of [EmbedItems], with blanks between
	Theme     string           // of [EmbedThemes]
	Accent    string           // "#005599"
	Own       bool             // Accent is not the usual one
	Element   string           // HTML with the element
	Frame     string           // HTML with the frame
	FramePath string           // of the frame on this server
	Height    int              // of the frame, in CSS pixels
}

// PartnerService is a service to choose on a [PartnerPage].
type PartnerService struct{ Service, Name, URL string }

// DocsPage is /partner/docs, how a partner's programs read a board.
type DocsPage struct {
	Lang    string // "ja" or "en"
	Server  string // this server as the reader's browser names it, "https://junban.example"
	Clinic  string // "1234"
	Service string // of the examples, "1234-1"
}

// SamplePage is /partner/sample, a sample of a foreign homepage with the element in it.
type SamplePage struct {
	Lang         string
	Service      string // "1234-1"
	ServerOrigin string // of the server whose element is shown, "https://junban.example"
}

// embedReception is the key of what the element and the frame call the web desk's
// state: among other sites' words it must say that it is the web's.
func embedReception(b Board) string { return strings.Replace(reception(b), "reception.", "embed.", 1) }

func (FramePage) template() string   { return "embed.html" }
func (PartnerPage) template() string { return "partner.html" }
func (DocsPage) template() string    { return "docs.html" }
func (SamplePage) template() string  { return "sample.html" }

// example is a program of the documentation, which stands in a file of its own.
type exampleText struct{ Name, Text string }

// example reads one, about the reader's own service on this server.
func example(name string, p DocsPage) (exampleText, error) {
	content, err := files.ReadFile("src/partner/examples/" + name)
	if err != nil {
		return exampleText{}, fmt.Errorf("read example: %w", err)
	}
	text := strings.NewReplacer(
		"https://junban.example", p.Server,
		"wss://junban.example", strings.Replace(p.Server, "http", "ws", 1),
		"1234-1", p.Service,
	).Replace(strings.TrimSpace(string(content)))
	return exampleText{name, text}, nil
}

// hasWord reports whether a list with blanks between has that word.
func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}
