package text

import (
	"bytes"
	"cmp"
	"html/template"
	"strings"

	"junban/queue/outbox"
	"junban/static"
)

// mail is the text of a mail, plain and as HTML.
func (w writer) mail(body, own string) (plain, marked string) {
	in, t := w.in, w.in.Ticket
	p := paper{lang: w.lang}
	p.add(static.Isolated(clean(in.Clinic.Name)))
	if in.Job.Kind == outbox.News {
		p.add(static.Isolated(clean(in.News.Title)))
		p.add(cleanLines(in.News.Body))
	} else {
		p.add(body)
	}
	p.add(own)
	if t.ID != "" {
		p.row(w.say("mailNumber"), w.number())
		p.row(w.say("mailWhen"), w.when())
		if in.Job.Kind != outbox.Changed {
			p.row(w.say("mailState"), w.figures())
		}
	}
	p.row(w.say("mailPlace"), static.Isolated(clean(in.Clinic.Address)))
	p.row(w.say("mailPhone"), static.Isolated(clean(in.Clinic.Phone)))
	if t.ID != "" {
		p.add(w.say("mailPage"))
		p.link(w.page())
		if in.Job.Kind == outbox.Confirm && t.HasCode && w.service.WebCancel {
			p.add(w.say("mailCode"))
		}
	} else {
		p.link(w.origin() + "/c/" + string(in.Clinic.ID))
	}
	if in.Unsubscribe != "" {
		p.add(w.say("mailStop"))
		p.link(in.Unsubscribe)
	}
	p.add(w.say("mailAuto"))
	return p.text(), p.html()
}

// origin is where the pages are.
func (w writer) origin() string {
	return strings.TrimSuffix(cmp.Or(w.in.Origin, w.in.Want.Origin), "/")
}

// page is the page of the ticket. The token is in the fragment, which browsers do not
// send.
func (w writer) page() string {
	id := w.in.Ticket.ID
	url := w.origin() + "/s/" + id.Ref().String()
	if w.in.Want.Token != "" {
		url += "#" + string(id) + "." + w.in.Want.Token
	}
	return url
}

// paper is what a mail's text is made of, from top to bottom.
type paper struct {
	lang  string
	parts []part
}

// part is one paragraph.
type part struct {
	Text   string
	Name   string // of a row
	Strong bool
	Link   bool
}

func (p *paper) put(a part) {
	if a.Text != "" {
		p.parts = append(p.parts, a)
	}
}

func (p *paper) add(text string)       { p.put(part{Text: text}) }
func (p *paper) strong(text string)    { p.put(part{Text: text, Strong: true}) }
func (p *paper) row(name, text string) { p.put(part{Text: text, Name: name}) }
func (p *paper) link(url string)       { p.put(part{Text: url, Link: true}) }

// text is the paper as plain text. Rows, and a link below its sentence, stand close.
func (p *paper) text() string {
	var out strings.Builder
	for i, a := range p.parts {
		if i > 0 {
			out.WriteString("\n")
			if a.Name == "" && !a.Link || a.Name != "" && p.parts[i-1].Name == "" {
				out.WriteString("\n")
			}
		}
		if a.Name != "" {
			out.WriteString(a.Name + ": ")
		}
		out.WriteString(a.Text)
	}
	return out.String() + "\n"
}

// html is the paper as HTML: no pictures, no styles from elsewhere, and nothing that
// reports its reading.
func (p *paper) html() string {
	var out bytes.Buffer
	if err := sheet.Execute(&out, map[string]any{"Lang": p.lang, "Parts": p.parts}); err != nil {
		return "" // the plain text stands alone
	}
	return out.String()
}

var sheet = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<body style="font-size:16px;line-height:1.6">
{{range .Parts}}<p style="margin:0 0 .8em;white-space:pre-line">{{if .Name}}{{.Name}}: {{end}}{{if .Link}}<a href="{{.Text}}">{{.Text}}</a>{{else if .Strong}}<strong style="font-size:28px;letter-spacing:.1em">{{.Text}}</strong>{{else}}{{.Text}}{{end}}</p>
{{end}}</body>
</html>
`))
