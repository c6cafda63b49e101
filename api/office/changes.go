package office

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
)

const (
	changesShown = 50 // where nothing else is asked for
	changesMost  = 100
)

// showChanges is GET /v1/clinics/:clinic/changes?n=: who changed what of the
// clinic's record and accounts.
func (o *Office) showChanges(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("n"), strconv.Itoa(changesShown)))
	if err != nil || n < 1 || n > changesMost {
		return problem.InvalidParameter("n", fmt.Sprintf("is not a number from 1 to %d", changesMost))
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	admin, most := o.Logins.IsAdmin(r) == nil, n
	if !admin {
		most = queue.ChangesKept
	}
	changes, err := o.Line.Changes(r.Context(), id, most)
	if err != nil {
		return err
	}
	if !admin { // who the users are is the admins' alone
		changes = slices.DeleteFunc(changes, queue.Change.OfUsers)
		changes = changes[:min(n, len(changes))]
	}
	answer := wire.Changes{Changes: make([]wire.Change, len(changes))}
	for i, c := range changes {
		answer.Changes[i] = wire.Change{Rev: c.Rev, At: v.At(c.At), By: route.UserOf(c.By), Before: c.Before, After: c.After}
	}
	return route.Encode(w, http.StatusOK, answer)
}
