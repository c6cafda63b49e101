package notice

import (
	"context"
	"net/http"
	"sync"
	"time"

	"junban/api/limit"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// newsShown is how many news a clinic's patients are shown, the newest.
const newsShown = 20

// showNews is GET /v1/clinics/:clinic/news: what the clinic has sent to its followers.
// Withdrawn news, and news that are not due yet, are left out.
func (ns *Notices) showNews(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	if err := ns.Limits.Check(r, limit.NoticeLooks, ""); err != nil {
		return err
	}
	v, err := ns.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	news, err := ns.Outbox.NewsOf(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.NewsList{News: left(news, v.Now, v.At, newsShown)})
}

// left is the news that have left for the followers by a time, the newest first.
func left(news []outbox.NewsItem, now time.Time, at func(time.Time) wire.Time, most int) []wire.NewsItem {
	list := []wire.NewsItem{}
	for _, n := range news {
		if n.Withdrawn.IsZero() && !n.Due.After(now) && len(list) < most {
			list = append(list, wire.NewsItem{ID: n.ID, Title: n.Title, Body: n.Body, At: at(n.Due)})
		}
	}
	return list
}

// newsLife is how long a page has the news of one read.
const newsLife = 5 * time.Second

// newsCache has the news of clinics for their pages, which strangers load at any rate.
// It is safe for concurrent use.
type newsCache struct {
	mu   sync.Mutex
	read map[clinic.ID]newsRead // guarded by mu; of clinics that exist
}

type newsRead struct {
	news []outbox.NewsItem
	at   time.Time
}

// ClinicNews returns the newest news that a clinic has sent, for its page. They are up to
// five seconds old. If Redis does not answer, they are those of the last read: the page
// works on without Redis.
func (ns *Notices) ClinicNews(ctx context.Context, v view.View, most int) []wire.NewsItem {
	c, id := ns.pageNews, v.Clinic.ID
	c.mu.Lock()
	had := c.read[id]
	c.mu.Unlock()
	if had.at.IsZero() || time.Since(had.at) > newsLife {
		if news, err := ns.Outbox.NewsOf(ctx, id); err == nil {
			had.news = news[:min(len(news), newsShown)]
		}
		had.at = time.Now()
		c.mu.Lock()
		c.read[id] = had
		c.mu.Unlock()
	}
	return left(had.news, v.Now, v.At, most)
}
