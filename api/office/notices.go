package office

import (
	"context"
	"net/http"
	"slices"

	"junban/api/route"
	"junban/api/view"
	"junban/notify/message"
	"junban/notify/text"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// Outbox is what was sent, and to whom news goes, as [outbox.Store] has it.
type Outbox interface {
	Jobs(ctx context.Context, c clinic.ID, box string, q outbox.Query) (outbox.Page, error)
	EachJob(ctx context.Context, c clinic.ID, box string, q outbox.Query, each func(outbox.Job) error) error
	Spent(ctx context.Context, c clinic.ID, month string) (map[outbox.Channel]int, error)
	CountFollowers(ctx context.Context, c clinic.ID) (map[outbox.Channel]int, error)
	PutNews(ctx context.Context, c clinic.ID, n outbox.NewsItem) error
	WithdrawNews(ctx context.Context, c clinic.ID, id string) error
	NewsOf(ctx context.Context, c clinic.ID) ([]outbox.NewsItem, error)
	NewsByID(ctx context.Context, c clinic.ID, id string) (outbox.NewsItem, error)
}

// Composer writes notices, as [text.Composer] does.
type Composer interface {
	Compose(in text.Input) message.Message
}

// viewed returns the clinic of a request by its staff, and a view of it.
func (o *Office) viewed(r *http.Request) (clinic.ID, view.View, error) {
	id, _, err := o.Logins.AtClinic(r)
	if err != nil {
		return "", view.View{}, err
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	return id, v, err
}

// noticeRoutes are those of notices; none without an outbox. A word and a wildcard cannot
// stand at the same place of a path: the staff's list of news is below notices.
func (o *Office) noticeRoutes() []route.Route {
	if o.Outbox == nil {
		return nil
	}
	return []route.Route{
		route.Get("/v1/clinics/:clinic/notices", route.Private, o.showNotices),
		route.Get("/v1/clinics/:clinic/notices.csv", route.Private, o.showNoticeFile),
		route.Get("/v1/clinics/:clinic/notices/summary", route.Private, o.showNoticeSummary),
		route.Get("/v1/clinics/:clinic/notices/news", route.Private, o.showNews),
		route.Post("/v1/clinics/:clinic/notices/preview", route.Private, o.previewNotice),
		route.Post("/v1/clinics/:clinic/news", route.Private, o.sendNews),
		route.Post("/v1/clinics/:clinic/news/:news/withdraw", route.Private, o.withdrawNews),
	}
}

// channels are those of notices that this program may have sent, the demo's last.
func channels() []string {
	return append(slices.Clone(clinic.NoticeChannels), string(outbox.Inbox))
}
