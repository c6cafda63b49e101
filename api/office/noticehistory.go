package office

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/approach"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/rule"
)

const (
	noticesShown = 50 // on a page
	addressShown = 4  // characters of an address's hash
)

// newsForm is the form of an id of news: what may be in the name of a key.
var newsForm = regexp.MustCompile(`^[0-9a-z]{1,24}$`)

// noticeStates are the states that a filter may name.
var noticeStates = []outbox.State{outbox.Due, outbox.Sending, outbox.Sent, outbox.Shown, outbox.Uncertain, outbox.Void, outbox.Dead}

// noticeFilter is what a request selects of the history.
type noticeFilter struct {
	view   view.View
	day    clinic.Day // "": of news
	news   outbox.NewsItem
	query  outbox.Query
	number int // of the ticket; 0: any
}

func (f noticeFilter) box() string {
	if f.day == "" {
		return outbox.NewsBox(f.news.ID)
	}
	return string(f.day)
}

// noticeFilter reads the filter of a request: day= or news=, kind=, channel=, state=,
// ticket=, number= and before=.
func (o *Office) noticeFilter(r *http.Request) (f noticeFilter, err error) {
	id, v, err := o.viewed(r)
	if err != nil {
		return f, err
	}
	f.view = v
	ask := r.URL.Query()
	for _, p := range []struct {
		name   string
		values []string
	}{{"kind", clinic.NoticeKinds}, {"channel", channels()}, {"state", rule.Values(noticeStates...)}} {
		if v := ask.Get(p.name); v != "" && !slices.Contains(p.values, v) {
			return f, problem.InvalidParameter(p.name, "is not one of "+strings.Join(p.values, ", "))
		}
	}
	f.query = outbox.Query{
		Kind: outbox.Kind(ask.Get("kind")), Channel: outbox.Channel(ask.Get("channel")), State: outbox.State(ask.Get("state")), Before: ask.Get("before"), Most: noticesShown,
	}
	if len(f.query.Before) > 100 {
		return f, problem.InvalidParameter("before", "is not the before of an earlier response")
	}
	if text := ask.Get("number"); text != "" {
		if f.number, err = strconv.Atoi(text); err != nil || f.number < 1 {
			return f, problem.InvalidParameter("number", "is not a number of a ticket")
		}
	}
	if f.day, err = route.DayParameter(r, "day"); err != nil {
		return f, err
	}
	if news := ask.Get("news"); news != "" {
		if f.day != "" || f.number != 0 || ask.Get("ticket") != "" {
			return f, problem.InvalidParameter("news", "excludes day, number and ticket")
		}
		f.news, err = o.newsNamed(r.Context(), id, news)
		return f, err
	}
	if text := ask.Get("ticket"); text != "" {
		if f.query.Ticket, err = queue.ParseTicketID(text); err != nil {
			return f, err
		}
		if f.query.Ticket.Ref().Clinic != id {
			return f, queue.ErrNoTicket
		}
		if f.day = cmp.Or(f.day, f.query.Ticket.Day()); f.day != f.query.Ticket.Day() {
			return f, problem.InvalidParameter("day", "is not the day of the ticket")
		}
	}
	f.day = cmp.Or(f.day, f.view.Today())
	return f, nil
}

// newsNamed returns news by an id that a client sent.
func (o *Office) newsNamed(ctx context.Context, c clinic.ID, id string) (outbox.NewsItem, error) {
	if !newsForm.MatchString(id) {
		return outbox.NewsItem{}, outbox.ErrNoNews
	}
	return o.Outbox.NewsByID(ctx, c, id)
}

// showNotices is GET /v1/clinics/:clinic/notices: what was sent about the tickets of a
// day, or of news.
func (o *Office) showNotices(w http.ResponseWriter, r *http.Request) error {
	f, err := o.noticeFilter(r)
	if err != nil {
		return err
	}
	var page outbox.Page
	var numbers map[queue.TicketID]int
	if f.number != 0 {
		if page.Jobs, numbers, err = o.allNotices(r.Context(), f); err != nil {
			return err
		}
		page.Total = len(page.Jobs)
		page.Jobs = page.Jobs[:min(len(page.Jobs), noticesShown)]
	} else {
		if page, err = o.Outbox.Jobs(r.Context(), f.view.Clinic.ID, f.box(), f.query); err != nil {
			return err
		}
		if numbers, err = o.numbersOf(r.Context(), f, page.Jobs); err != nil {
			return err
		}
	}
	answer := wire.NoticeLog{Day: string(f.day), News: f.news.ID, Notices: make([]wire.NoticeItem, len(page.Jobs)), Total: page.Total, Before: page.Next}
	for i, j := range page.Jobs {
		answer.Notices[i] = encodeNotice(f.view, j, numbers)
	}
	return route.Encode(w, http.StatusOK, answer)
}

// allNotices returns all notices that a filter selects, the newest first, and the numbers
// of their tickets.
func (o *Office) allNotices(ctx context.Context, f noticeFilter) (jobs []outbox.Job, numbers map[queue.TicketID]int, err error) {
	q := f.query
	q.Before, q.Most = "", 0
	if err := o.Outbox.EachJob(ctx, f.view.Clinic.ID, f.box(), q, func(j outbox.Job) error {
		jobs = append(jobs, j)
		return nil
	}); err != nil {
		return nil, nil, err
	}
	if numbers, err = o.numbersOf(ctx, f, jobs); err != nil {
		return nil, nil, err
	}
	if f.number != 0 {
		jobs = slices.DeleteFunc(jobs, func(j outbox.Job) bool { return numbers[j.Ticket] != f.number })
	}
	slices.SortFunc(jobs, func(a, b outbox.Job) int {
		return cmp.Or(cmp.Compare(b.Planned, a.Planned), cmp.Compare(a.ID, b.ID))
	})
	return jobs, numbers, nil
}

// numbersOf returns the numbers of the jobs' tickets. A removed ticket has none.
func (o *Office) numbersOf(ctx context.Context, f noticeFilter, jobs []outbox.Job) (map[queue.TicketID]int, error) {
	numbers := map[queue.TicketID]int{}
	var ids []queue.TicketID
	for _, j := range jobs {
		if _, asked := numbers[j.Ticket]; !asked && j.Ticket != "" {
			numbers[j.Ticket] = 0
			ids = append(ids, j.Ticket)
		}
	}
	if len(ids) == 0 {
		return numbers, nil
	}
	tickets, _, err := o.Line.TicketsOf(ctx, f.view.Clinic.ID, f.day, ids)
	for id, t := range tickets {
		numbers[id] = t.Number
	}
	return numbers, err
}

func encodeNotice(v view.View, j outbox.Job, numbers map[queue.TicketID]int) wire.NoticeItem {
	return wire.NoticeItem{
		ID: j.ID, Kind: string(j.Kind), Stage: stageOf(j), Ticket: string(j.Ticket), Number: numbers[j.Ticket], Channel: string(j.Channel), To: masked(j.Want),
		Planned: v.At(outbox.TimeOf(j.Planned)), Due: v.At(outbox.TimeOf(j.Due)), Sent: v.AtIfAny(outbox.TimeOf(j.Sent)), Shown: v.AtIfAny(outbox.TimeOf(j.Shown)),
		State: string(j.State), Why: j.Why, Tries: j.Tries,
	}
}

// stageOf is the stage of a job, "" of the usual one of its kind.
func stageOf(j outbox.Job) string {
	if j.Stage == string(approach.Go) {
		return ""
	}
	return j.Stage
}

// masked is enough of an address's hash to distinguish two of them.
func masked(hash string) string { return hash[:min(len(hash), addressShown)] }
