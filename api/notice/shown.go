package notice

import (
	"net/http"

	"junban/api/limit"
	"junban/queue/outbox"
)

// reportShown is POST /v1/notices/:notice/shown: a device has shown a notice. Its id
// proves that the device got it. A repeat changes nothing.
func (ns *Notices) reportShown(w http.ResponseWriter, r *http.Request) error {
	id, err := outbox.ParseNoticeID(r.PathValue("notice"))
	if err != nil {
		return err
	}
	if err := ns.Limits.Check(r, limit.NoticeLooks, ""); err != nil {
		return err
	}
	if err := ns.Outbox.Shown(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
