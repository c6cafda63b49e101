package office

import (
	"encoding/base32"
	"errors"
	"net/http"
	"strings"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/rule"
)

const (
	newsTitle = 30  // characters
	newsBody  = 200 // characters
	newsADay  = 10  // news that a clinic sends in 24 hours
)

// showNews is GET /v1/clinics/:clinic/notices/news, for the staff.
func (o *Office) showNews(w http.ResponseWriter, r *http.Request) error {
	id, v, err := o.viewed(r)
	if err != nil {
		return err
	}
	all, err := o.Outbox.NewsOf(r.Context(), id)
	if err != nil {
		return err
	}
	answer := wire.OfficeNewsList{News: make([]wire.OfficeNews, len(all))}
	for i, n := range all {
		answer.News[i] = encodeNews(v, n)
	}
	return route.Encode(w, http.StatusOK, answer)
}

// sendNews is POST /v1/clinics/:clinic/news. It answers how many followers the news
// reaches. At most [outbox.FollowersMost] follow a clinic, so news to all of them is sent
// within three hours, beside all other notices and without delaying them. The same key
// sends the same news once.
func (o *Office) sendNews(w http.ResponseWriter, r *http.Request) error {
	id, a, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	key, err := route.IdempotencyKey(r, true)
	if err != nil {
		return err
	}
	var body wire.NewsDraft
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	written, err := draft("", body)
	if err != nil {
		return err
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	n := outbox.NewsItem{
		ID: o.newsID(id, key), Title: written.Title, Body: written.Body, By: a.By.Name, At: v.Now, Due: v.Now.Add(outbox.NewsSettles), Reach: map[outbox.Channel]int{},
	}
	switch was, err := o.Outbox.NewsByID(r.Context(), id, n.ID); {
	case err == nil && (was.Title != n.Title || was.Body != n.Body):
		return queue.ErrKeyConflict
	case err == nil:
		return route.Encode(w, http.StatusOK, encodeNews(v, was))
	case !errors.Is(err, outbox.ErrNoNews):
		return err
	}
	if err := o.maySend(r, v); err != nil {
		return err
	}
	followers, err := o.Outbox.CountFollowers(r.Context(), id)
	if err != nil {
		return err
	}
	for channel, count := range followers {
		if v.Clinic.Notices.Offers(string(channel)) {
			n.Reach[channel] = count
		}
	}
	if err := o.Outbox.PutNews(r.Context(), id, n); err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, encodeNews(v, n))
}

// newsID is the same for the same key, so that a repeated request sends nothing twice.
func (o *Office) newsID(c clinic.ID, key string) string {
	return strings.ToLower(base32.HexEncoding.EncodeToString(o.Keys.MAC("news", string(c), key)[:10]))
}

// maySend refuses news where the clinic has switched it off, and too many in a day.
func (o *Office) maySend(r *http.Request, v view.View) error {
	if !v.Clinic.Notices.Sends(string(outbox.News)) {
		return problem.Refuse("news_off", "the settings of notices exclude news")
	}
	all, err := o.Outbox.NewsOf(r.Context(), v.Clinic.ID)
	if err != nil {
		return err
	}
	recent := 0 // with those that were withdrawn: some of their notices may have left
	for _, n := range all {
		if v.Now.Sub(n.At) < 24*time.Hour {
			recent++
		}
	}
	if recent >= newsADay {
		return problem.Refuse("news_too_many", "a clinic can send %d news in 24 hours", newsADay)
	}
	return nil
}

// draft checks news as it was typed, below a path of the body.
func draft(path string, body wire.NewsDraft) (n text.News, err error) {
	if n.Title, err = route.Text(path+"title", body.Title, newsTitle, false); err != nil {
		return n, err
	}
	if n.Title == "" {
		return n, problem.Invalid(path+"title", rule.Missing)
	}
	if n.Body, err = route.Text(path+"body", body.Body, newsBody, true); err != nil {
		return n, err
	}
	if n.Body == "" {
		return n, problem.Invalid(path+"body", rule.Missing)
	}
	return n, nil
}

// withdrawNews is POST /v1/clinics/:clinic/news/:news/withdraw. News that has begun to
// leave cannot be withdrawn: some have read it. A repeated request changes nothing.
func (o *Office) withdrawNews(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	n, err := o.newsNamed(r.Context(), id, r.PathValue("news"))
	if err != nil {
		return err
	}
	if n.Withdrawn.IsZero() {
		if !v.Now.Before(n.Due) {
			return problem.Refuse("news_left", "the news has left; it could be withdrawn for %d seconds", outbox.NewsSettles/time.Second)
		}
		if err := o.Outbox.WithdrawNews(r.Context(), id, n.ID); err != nil {
			return err
		}
		n.Withdrawn = v.Now
	}
	return route.Encode(w, http.StatusOK, encodeNews(v, n))
}

func encodeNews(v view.View, n outbox.NewsItem) wire.OfficeNews {
	out := wire.OfficeNews{
		ID: n.ID, Title: n.Title, Body: n.Body, By: n.By, At: v.At(n.At), Due: v.At(n.Due), Withdrawn: v.AtIfAny(n.Withdrawn),
		Reach: map[string]int{}, Planned: n.Planned, Done: n.Done,
	}
	most := 0
	for channel, count := range n.Reach {
		out.Reach[string(channel)] = count
		most += count
	}
	out.Minutes = (most + 60*outbox.NewsASecond - 1) / (60 * outbox.NewsASecond)
	return out
}
