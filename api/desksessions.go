package api

import (
	"net/http"
	"strings"

	"junban/account"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
)

// sessionID is what a session is called outside: enough of the hash to find it.
func sessionID(hash string) string { return hash[:min(len(hash), 16)] }

// ownOrAll returns the logins of the path's clinic that the user can see and end:
// an admin all of them, other users their own.
func (s *Server) ownOrAll(r *http.Request) (desk session, open []account.Login, err error) {
	id, _, err := s.deskAtClinic(r)
	if err != nil {
		return session{}, nil, err
	}
	if desk, err = s.session(r); err != nil {
		return session{}, nil, err
	}
	all, err := s.accounts.Logins(r.Context(), id)
	if err != nil {
		return session{}, nil, err
	}
	for _, o := range all {
		if desk.role == account.RoleAdmin || o.User == desk.user {
			open = append(open, o)
		}
	}
	return desk, open, nil
}

// showDeskSessions is GET /v1/clinics/:clinic/sessions.
func (s *Server) showDeskSessions(w http.ResponseWriter, r *http.Request) error {
	desk, open, err := s.ownOrAll(r)
	if err != nil {
		return err
	}
	v, err := s.Clinics.ViewClinic(r.Context(), desk.clinic)
	if err != nil {
		return err
	}
	answer := wire.DeskSessions{Sessions: make([]wire.DeskSession, len(open))}
	for i, o := range open {
		browser, system, _ := strings.Cut(o.Device, "/")
		answer.Sessions[i] = wire.DeskSession{
			ID: sessionID(o.TokenHash), User: o.User, Browser: browser, System: system, Address: o.Address,
			Since: v.At(o.Since), Seen: v.At(o.Seen), Own: o.TokenHash == desk.hash,
		}
	}
	return route.Encode(w, http.StatusOK, answer)
}

// endDeskSession is DELETE /v1/clinics/:clinic/sessions/:session.
func (s *Server) endDeskSession(w http.ResponseWriter, r *http.Request) error {
	desk, open, err := s.ownOrAll(r)
	if err != nil {
		return err
	}
	id := r.PathValue("session")
	for _, o := range open {
		if sessionID(o.TokenHash) != id {
			continue
		}
		if err := s.sessions.end(r.Context(), desk.clinic, o.TokenHash); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return problem.Refuse("session_unknown", "unknown login; it may have ended")
}
