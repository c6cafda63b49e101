package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"junban/api/wire"
	"junban/queue"
)

const (
	changesShown = 50  // where nothing else is asked for
	changesMost  = 100 // and as many acts of the desk
)

// showChanges is GET /v1/clinics/:clinic/changes?n=: who changed what of the
// clinic's record and accounts, and what the desk did today beside the tickets.
func (s *Server) showChanges(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.deskAtClinic(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("n"), strconv.Itoa(changesShown)))
	if err != nil || n < 1 || n > changesMost {
		return invalid("n", fmt.Sprintf("is not a number from 1 to %d", changesMost))
	}
	snap, v, err := s.snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	admin, most := s.isAdmin(r) == nil, n
	if !admin {
		most = queue.ChangesKept
	}
	changes, err := s.line.Changes(r.Context(), id, most)
	if err != nil {
		return err
	}
	if !admin { // who the users are is the admins' alone
		changes = slices.DeleteFunc(changes, queue.Change.OfUsers)
		changes = changes[:min(n, len(changes))]
	}
	acts, err := s.line.DeskActs(r.Context(), id, snap.Day, n)
	if err != nil {
		return err
	}
	answer := wire.Changes{Changes: make([]wire.Change, len(changes)), Acts: make([]wire.DeskAct, len(acts))}
	for i, c := range changes {
		answer.Changes[i] = wire.Change{Rev: c.Rev, At: v.at(c.At), By: deskUser(c.By), Before: c.Before, After: c.After}
	}
	for i, e := range acts {
		answer.Acts[i] = v.deskAct(e)
	}
	return encode(w, http.StatusOK, answer)
}

// deskUser is who it was, "" for anyone but the desk.
func deskUser(a queue.Actor) string {
	if a.Kind == byStaff {
		return a.Name
	}
	return ""
}

func (v view) deskAct(e queue.Event) wire.DeskAct {
	w := wire.DeskAct{At: v.at(e.At), By: deskUser(e.By), Act: e.Act, Before: e.Was, After: e.Is}
	if e.Act == "duty" {
		was, is := e.Duty()
		w.Room, w.Before, w.After, w.Until = e.Object, string(was.State), string(is.State), v.atIfAny(is.Until)
	} else {
		w.Service = queue.Ref{Clinic: v.clinic.ID, Service: e.Object}.String()
	}
	return w
}
