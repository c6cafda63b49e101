package notice

import (
	"context"
	"net/http"
	"time"

	"junban/api/limit"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/outbox"
)

// asked returns the notice of the path. Its id, which only its device has, is the proof.
func (ns *Notices) asked(r *http.Request) (outbox.NoticeID, error) {
	id, err := outbox.ParseNoticeID(r.PathValue("notice"))
	if err != nil {
		return "", err
	}
	return id, ns.Limits.Check(r, limit.NoticeLooks, "")
}

// showNotice is GET /v1/notices/:notice: the notice as it reads now. A device shows it in
// place of what was pushed to it, which may be late.
func (ns *Notices) showNotice(w http.ResponseWriter, r *http.Request) error {
	id, err := ns.asked(r)
	if err != nil {
		return err
	}
	told, over, err := ns.Outbox.Notice(r.Context(), id)
	if err != nil {
		return err
	}
	in := text.Input{Job: told.Job, Want: told.Want, Ticket: told.Ticket, Now: ns.Clinics.Now()}
	if in.Clinic, err = ns.Clinics.Record(r.Context(), id.Clinic()); err != nil {
		return err
	}
	if told.Job.Kind == outbox.News {
		if in.News, err = ns.newsOf(r.Context(), id); err != nil {
			return err
		}
	} else if in.Low, in.High, err = ns.shownRange(r.Context(), told.Ticket.ID); err != nil {
		return err
	}
	m := ns.composer.Compose(in)
	return route.Encode(w, http.StatusOK, wire.NoticeText{Title: m.Title, Body: m.Body, Tag: m.Tag, Path: m.Path, Over: over})
}

// newsOf returns the words of the news that a notice is about.
func (ns *Notices) newsOf(ctx context.Context, id outbox.NoticeID) (text.News, error) {
	n, err := ns.Outbox.NewsByID(ctx, id.Clinic(), id.News())
	return text.News{Title: n.Title, Body: n.Body}, err
}

// shownRange is the shown wait of a ticket, 0 where none is shown.
func (ns *Notices) shownRange(ctx context.Context, id queue.TicketID) (low, high time.Duration, err error) {
	snap, v, err := ns.Clinics.Snapshot(ctx, id.Ref().Clinic)
	if err != nil {
		return 0, 0, err
	}
	t, ok := v.FindTicket(snap, id, view.ToPublic)
	if !ok || t.WaitMinutes == nil {
		return 0, 0, nil
	}
	return time.Duration(t.WaitMinutes.Low) * time.Minute, time.Duration(t.WaitMinutes.High) * time.Minute, nil
}

// reportShown is POST /v1/notices/:notice/shown: a device has shown a notice. A repeat
// changes nothing.
func (ns *Notices) reportShown(w http.ResponseWriter, r *http.Request) error {
	id, err := ns.asked(r)
	if err != nil {
		return err
	}
	if err := ns.Outbox.Shown(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
