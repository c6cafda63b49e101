package main

import (
	"fmt"

	"junban/api/wire"
	"junban/static"
)

// generator returns a story of /partner, which generates the HTML for a
// homepage.
func generator(name, shows string, change ...func(*static.PartnerPage)) Story {
	return Story{
		Name: "partner-" + name, Shows: shows, Frames: []wire.Frame{boardFrame(board(withMessage))}, Answers: clinicProfile,
		Page: func(lang string) static.Page {
			p := static.PartnerPage{Lang: lang, Speak: static.Japanese, Show: "waiting message", Theme: "light", Accent: "#005599"}
			for _, c := range change {
				c(&p)
			}
			return p
		},
	}
}

// made returns a story of the page with the HTML for a service.
func made(name string, change ...func(*static.PartnerPage)) Story {
	s := generator(name, "junban-board >>> [part=reception]", append(change, func(p *static.PartnerPage) {
		const server = "https://junban.example"
		look := ""
		p.Typed, p.Service, p.Name = medicine, medicine, "内科"
		p.Height = 440
		if p.Theme != "light" {
			p.Height, look = 680, fmt.Sprintf(" theme=%q accent=%q", p.Theme, p.Accent)
		}
		p.FramePath = fmt.Sprintf("/embed/%s?lang=%s&theme=%s", medicine, p.Speak, p.Theme)
		p.Element = fmt.Sprintf("<script type=\"module\" src=%q></script>\n<junban-board service=%q lang=%q show=%q%s></junban-board>",
			server+"/embed/v1.js", medicine, p.Speak, p.Show, look)
		p.Frame = fmt.Sprintf("<iframe src=%q title=%q\n  width=\"360\" height=\"%d\" frameborder=\"0\" loading=\"lazy\"></iframe>",
			server+p.FramePath, clinicName+" 内科", p.Height)
	})...)
	s.Framed = framePage(board(withMessage), func(p *static.FramePage) {
		chosen := s.Page(static.Japanese).(static.PartnerPage)
		p.Show, p.Theme, p.Accent = chosen.Show, chosen.Theme, ""
		if chosen.Own {
			p.Accent = chosen.Accent
		}
	})
	return s
}

func partnerStories() []Story {
	typed := func(number, wrong string) func(*static.PartnerPage) {
		return func(p *static.PartnerPage) { p.Typed, p.Wrong = number, wrong }
	}
	several := func(p *static.PartnerPage) {
		p.Typed = clinicNumber
		for _, service := range []string{medicine, children, "1234-3"} {
			p.Services = append(p.Services, static.PartnerService{Service: service, Name: names()[service], URL: "/partner?service=" + service})
		}
	}
	dark := func(p *static.PartnerPage) {
		p.Speak, p.Show, p.Theme, p.Accent, p.Own = static.English, "waiting message address hours", "dark", "#ffb454", true
	}
	limited := func(p *static.PartnerPage) {
		p.Origins = []string{"https://midori-pharmacy.example", "https://www.sakura-clinic.example"}
	}
	unscripted := made("unscripted")
	unscripted.NoScript, unscripted.Shows = true, "#preview"
	return []Story{
		generator("start", "#choose"), generator("services", ".services", several),
		generator("malformed", "#wrong", typed("さくら", "malformed")), generator("unknown", "#wrong", typed("9999-1", "unknown")),
		generator("many", "#wrong", typed("9998-1", "many")),
		made("made"), made("dressed", dark), made("limited", limited), unscripted,
		{
			Name: "partner-docs", Shows: "main", Page: func(lang string) static.Page {
				return static.DocsPage{Lang: lang, Server: "https://junban.example", Clinic: clinicNumber, Service: medicine}
			},
		},
		{
			Name: "partner-sample", Frames: []wire.Frame{boardFrame(board())}, Shows: "junban-board >>> [part=reception]",
			Page: func(lang string) static.Page {
				return static.SamplePage{Lang: lang, Service: medicine, ServerOrigin: ""}
			},
		},
	}
}
