package api

import (
	"errors"
	"net/http"
	"time"

	"junban/api/wire"
	"junban/queue"
)

// How many wrong logins are taken in a window: of one user from one address;
// of one user from anywhere, which is more, so that a stranger cannot keep the
// desk out with a handful; and from one address, which may be a whole hospital.
const (
	loginWindow      = 15 * time.Minute
	loginsOfPair     = 5
	loginsOfUser     = 100
	loginsOfHome     = 30
	maxUser          = 160 // bytes, of the longest name that a user may have
	loginFailedWords = "the clinic, the user or the password is wrong"
)

// login is POST /v1/login. Every attempt is counted before its password is
// looked at, and taken back when it was right; a user who does not exist takes
// as long as one who does.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	var body wire.LoginRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	if len(body.Password) > MaxPassword {
		return invalid("password", "is too long")
	}
	ctx := r.Context()
	peer := household(s.peer(r))
	home := "home|" + peer
	if err := s.countLogin(r, home, loginsOfHome); err != nil {
		return err
	}
	clinic, err := queue.ParseClinicID(body.Clinic)
	if err != nil || body.User == "" || len(body.User) > maxUser {
		return refuse("login_failed", loginFailedWords)
	}
	user := "user|" + string(clinic) + "|" + body.User
	pair := "pair|" + peer + "|" + user
	if err := s.countLogin(r, pair, loginsOfPair); err != nil {
		return err
	}
	if err := s.countLogin(r, user, loginsOfUser); err != nil {
		return err
	}
	account, err := s.line.User(ctx, clinic, body.User)
	if err != nil && !errors.Is(err, queue.ErrNoUser) && !errors.Is(err, queue.ErrNoClinic) {
		return err
	}
	right, err := s.passwords.check(ctx, account.PasswordHash, body.Password)
	if err != nil {
		return err
	}
	if !right {
		return refuse("login_failed", loginFailedWords)
	}
	if err := s.line.ForgetLogin(ctx, pair); err != nil {
		return err
	}
	for _, key := range []string{user, home} {
		if err := s.line.UncountLogin(ctx, key); err != nil {
			return err
		}
	}
	desk, cookie, err := s.sessions.open(ctx, clinic, account, device(r.UserAgent()), shortAddress(s.peer(r)))
	if errors.Is(err, queue.ErrNoUser) || errors.Is(err, queue.ErrNoClinic) { // removed in this moment
		return refuse("login_failed", loginFailedWords)
	}
	if err != nil {
		return err
	}
	s.setSessionCookie(w, r, cookie)
	return s.encodeSession(w, r, desk)
}

func (s *Server) countLogin(r *http.Request, key string, most int) error {
	n, err := s.line.CountLogin(r.Context(), key, loginWindow)
	if err != nil {
		return err
	}
	if n > most {
		return refusal{code: "login_locked", detail: "too many wrong logins; wait a quarter of an hour", after: loginWindow}
	}
	return nil
}

// logout is POST /v1/logout. Who has no session is logged out already.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if err := s.sessions.drop(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	s.setSessionCookie(w, r, "")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// showSession is GET /v1/session: who am I.
func (s *Server) showSession(w http.ResponseWriter, r *http.Request) error {
	desk, err := s.session(r)
	if err != nil {
		return err
	}
	return s.encodeSession(w, r, desk)
}

func (s *Server) encodeSession(w http.ResponseWriter, r *http.Request, desk session) error {
	v, err := s.viewClinic(r.Context(), desk.clinic)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, wire.Session{Clinic: string(desk.clinic), User: desk.user, Role: string(desk.role), ExpiresAt: v.at(desk.expires), At: v.at(v.now)})
}
