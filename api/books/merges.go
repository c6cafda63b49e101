package books

import (
	"net/http"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/register"
)

// showCandidates is GET /v1/clinics/:clinic/members/:member/candidates: who may be the
// same person.
func (b *Books) showCandidates(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	found, err := b.Register.Candidates(r.Context(), v.Clinic.ID, named(r), a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.Candidates{Members: encodeAll(v, found, encodeMember)})
}

// merge is POST /v1/clinics/:clinic/members/:member/merge: the other member becomes the
// one of the path.
func (b *Books) merge(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	var body wire.MergeRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	done, err := b.Register.Merge(r.Context(), v.Clinic.ID, named(r), register.MemberID(body.Other), a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, encodeMerge(v, done))
}

// unmerge is POST /v1/clinics/:clinic/merges/:merge/undo.
func (b *Books) unmerge(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	undone, err := b.Register.Unmerge(r.Context(), v.Clinic.ID, r.PathValue("merge"), a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, encodeMerge(v, undone))
}

// showMerges is GET /v1/clinics/:clinic/members/:member/merges.
func (b *Books) showMerges(w http.ResponseWriter, r *http.Request) error {
	v, _, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	all, err := b.Register.Merges(r.Context(), v.Clinic.ID, named(r))
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.Merges{Merges: encodeAll(v, all, encodeMerge)})
}

func encodeMerge(v view.View, m register.MergeRecord) wire.Merge {
	return wire.Merge{
		ID: m.ID, Kept: string(m.Kept), Merged: string(m.Merged), Bookings: len(m.Bookings), At: v.At(m.At), By: m.By,
		Undone: v.AtIfAny(m.Undone), UndoneBy: m.UndoneBy,
	}
}
