package login

import (
	"net/http"
	"strings"

	"junban/account"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/secret"
	"junban/api/wire"
)

// ownOrAll returns the logins of the path's clinic that the user can see and end. An
// admin gets all of them, other users their own.
func (ls *Logins) ownOrAll(r *http.Request) (desk Login, open []account.Login, err error) {
	id, _, err := ls.AtClinic(r)
	if err != nil {
		return Login{}, nil, err
	}
	if desk, err = ls.Of(r); err != nil {
		return Login{}, nil, err
	}
	all, err := ls.accounts.Logins(r.Context(), id)
	if err != nil {
		return Login{}, nil, err
	}
	for _, o := range all {
		if desk.role == account.RoleAdmin || o.User == desk.user {
			open = append(open, o)
		}
	}
	return desk, open, nil
}

// showLogins is GET /v1/clinics/:clinic/sessions.
func (ls *Logins) showLogins(w http.ResponseWriter, r *http.Request) error {
	desk, open, err := ls.ownOrAll(r)
	if err != nil {
		return err
	}
	v, err := ls.clinics.ViewClinic(r.Context(), desk.Clinic)
	if err != nil {
		return err
	}
	answer := wire.DeskLogins{Logins: make([]wire.DeskLogin, len(open))}
	for i, o := range open {
		browser, system, _ := strings.Cut(o.Device, "/")
		answer.Logins[i] = wire.DeskLogin{
			ID: secret.ID(o.TokenHash), User: o.User, Browser: browser, System: system, Address: o.Address,
			Since: v.At(o.Since), Seen: v.At(o.Seen), Own: o.TokenHash == desk.Hash,
		}
	}
	return route.Encode(w, http.StatusOK, answer)
}

// endLogin is DELETE /v1/clinics/:clinic/sessions/:session.
func (ls *Logins) endLogin(w http.ResponseWriter, r *http.Request) error {
	desk, open, err := ls.ownOrAll(r)
	if err != nil {
		return err
	}
	id := r.PathValue("session")
	for _, o := range open {
		if secret.ID(o.TokenHash) != id {
			continue
		}
		if err := ls.end(r.Context(), desk.Clinic, o.TokenHash); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return problem.Refuse("session_unknown", "unknown login; it may have ended")
}
