package office

import (
	"cmp"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/register/csvfile"
)

// noticeColumns are those of the file, in group noticeColumn of the locale files.
var noticeColumns = []string{"planned", "number", "service", "kind", "channel", "to", "due", "sent", "state", "why", "tries", "shown", "by"}

// showNoticeFile is GET /v1/clinics/:clinic/notices.csv: all that a filter selects, in
// encoding= utf-8 or cp932, with the words of language= ja or en.
func (o *Office) showNoticeFile(w http.ResponseWriter, r *http.Request) error {
	f, err := o.noticeFilter(r)
	if err != nil {
		return err
	}
	ask := r.URL.Query()
	encoding, err := csvfile.ParseEncoding(cmp.Or(ask.Get("encoding"), csvfile.UTF8))
	if err != nil {
		return problem.InvalidParameter("encoding", "is neither utf-8 nor cp932")
	}
	language := cmp.Or(ask.Get("language"), "ja")
	if language != "ja" && language != "en" {
		return problem.InvalidParameter("language", "is neither ja nor en")
	}
	ctx, cancel := route.Longer(r)
	defer cancel()
	jobs, numbers, err := o.allNotices(ctx, f)
	if err != nil {
		return err
	}
	d := &route.Download{W: w, Begin: func(h http.Header) {
		route.AsFile(h, route.CSVKind(encoding), "notices-"+cmp.Or(string(f.day), f.news.ID)+".csv")
	}}
	return d.End(o.writeNotices(d, encoding, noticeRow{o, f, language, numbers}, jobs))
}

// noticeRow writes the rows of a file.
type noticeRow struct {
	*Office
	filter   noticeFilter
	language string
	numbers  map[queue.TicketID]int
}

func (o *Office) writeNotices(out io.Writer, encoding string, row noticeRow, jobs []outbox.Job) error {
	file, err := csvfile.NewWriter(out, encoding)
	if err != nil {
		return err
	}
	head := make([]string, len(noticeColumns))
	for i, name := range noticeColumns {
		head[i] = row.word("noticeColumn", name)
	}
	if err := file.Write(head); err != nil {
		return err
	}
	for _, j := range jobs {
		if err := file.Write(row.cells(j)); err != nil {
			return err
		}
	}
	return file.Flush()
}

// cells are those of a notice, in the order of [noticeColumns].
func (n noticeRow) cells(j outbox.Job) []string {
	service, number := "", ""
	if j.Ticket != "" {
		s, _ := n.filter.view.Clinic.Service(j.Ticket.Ref().Service)
		service = cmp.Or(s.Name, clinic.Ref{Clinic: j.Clinic, Service: j.Ticket.Ref().Service}.String())
	}
	if at := n.numbers[j.Ticket]; at != 0 {
		number = strconv.Itoa(at)
	}
	kind := n.word("noticeKind", string(j.Kind))
	if stage := stageOf(j); stage != "" {
		kind += " / " + n.stage(stage)
	}
	return []string{
		n.at(j.Planned), number, service, kind, n.word("noticeChannel", string(j.Channel)), masked(j.Want), n.at(j.Due), n.at(j.Sent),
		n.word("noticeState", string(j.State)), n.why(j.Why), strconv.Itoa(j.Tries), n.at(j.Shown), n.filter.news.By,
	}
}

// stage is a stage in words; that of a reminder is its days before the visit.
func (n noticeRow) stage(name string) string {
	if days, ok := strings.CutSuffix(name, "d"); ok && days != "" && days[0] <= '9' {
		return n.Site.Text(n.language, "noticeStage.days", "n", days)
	}
	return n.word("noticeStage", name)
}

// why is a reason in words. That of a returned mail has the status of the report after it.
func (n noticeRow) why(value string) string {
	if word, status, ok := strings.Cut(value, " "); ok && (word == outbox.WhyReturned || word == outbox.WhyFiltered) {
		return n.word("noticeWhy", word) + " " + status
	}
	return n.word("noticeWhy", value)
}

// word is that of a group, or the value itself where the group has none.
func (n noticeRow) word(group, value string) string {
	if value == "" {
		return ""
	}
	key := group + "." + value
	if text := n.Site.Text(n.language, key); text != key {
		return text
	}
	return value
}

// at is a time in the clinic's zone, "" of none.
func (n noticeRow) at(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(n.filter.view.Zone).Format(time.DateTime)
}
