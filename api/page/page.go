package page

import (
	"context"

	"junban/api/directory"
	"junban/api/limit"
	"junban/api/live"
	"junban/api/peer"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/static"
)

// Pages are the pages of people: HTML, and what it loads.
type Pages struct {
	Site        *static.Site
	Clinics     *live.Clinics
	Directory   *directory.Directory
	Limits      *limit.Limiter
	Peers       *peer.Peers
	LookUp      route.Handler                                                    // POST /v1/lookup
	CancelFound route.Handler                                                    // POST /v1/lookup/cancel
	Days        route.Handler                                                    // GET /v1/services/:service/days
	Issue       route.Handler                                                    // POST /v1/services/:service/tickets
	Notices     bool                                                             // there are notices
	News        func(ctx context.Context, v view.View, most int) []wire.NewsItem // that a clinic has sent, the newest first
	Demo        bool                                                             // serve /partner/sample
}

// Routes lists the routes of this audience.
func (ps *Pages) Routes() []route.Route {
	routes := []route.Route{
		route.Get("/v1/version", route.Public, ps.showVersion),
		route.Get("/", route.Page, ps.indexPage),
		route.Get("/find", route.Page, ps.findPage),
		route.Get("/lookup", route.Page, ps.lookupPage),
		route.Post("/lookup", route.Page, ps.lookupPage),
		route.Post("/lookup/cancel", route.Page, ps.cancelFound),
		route.Get("/c/:clinic", route.Page, ps.clinicPage),
		route.Get("/robots.txt", route.Public, ps.robots),
		route.Get("/s/:service", route.Page, ps.patientPage),
		route.Get("/s/:service/book", route.Page, ps.bookPage),
		route.Post("/s/:service/book", route.Page, ps.bookPage),
		route.Get("/s/:service/calendar.ics", route.Page, ps.calendarFile),
		route.Get("/t", route.Page, ps.ticketsPage),
		route.Get("/manifest.webmanifest", route.Page, ps.webManifest),
		route.Get("/sw.js", route.Page, ps.serviceWorker),
		route.Get("/display", route.Page, ps.pairPage),
		route.Get("/display/:clinic", route.Page, ps.displayPage),
		route.Get("/in/:clinic", route.Page, ps.arrivePage),
		route.Get("/in/:clinic/sheet", route.Page, ps.sheetPage),
		route.Get("/staff", route.Page, ps.staffPage),
		route.Get("/books", route.Page, ps.booksPage),
		route.Get("/embed/:service", route.Page, ps.embed),
		route.Get("/partner", route.Page, ps.partnerPage),
		route.Get("/partner/docs", route.Page, ps.docsPage),
		route.Get("/assets/*path", route.Page, ps.assets),
	}
	if ps.Demo {
		routes = append(routes, route.Get("/partner/sample", route.Page, ps.samplePage))
	}
	return routes
}
