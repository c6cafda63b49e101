package login

import (
	"errors"
	"net/http"
	"time"

	"junban/account"
	"junban/api/limit"
	"junban/api/peer"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/rule"
)

const (
	maxUser          = 160 // bytes, of the longest name that a user may have
	loginFailedWords = "the clinic, the user or the password is wrong"
)

// login is POST /v1/login. Every attempt takes a token of its limits before its
// password is checked. A correct password returns the token. An unknown user takes as
// long as a known one.
func (ls *Logins) login(w http.ResponseWriter, r *http.Request) error {
	var body wire.LoginRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	if len(body.Password) > MaxPassword {
		return problem.Invalid("password", rule.TooLong, "count", len(body.Password), "most", MaxPassword)
	}
	ctx := r.Context()
	id, err := clinic.ParseID(body.Clinic)
	if err != nil || body.User == "" || len(body.User) > maxUser {
		return problem.Refuse("login_failed", loginFailedWords)
	}
	a, err := ls.attempt(r, id, body.User)
	if err != nil {
		return err
	}
	right, err := ls.passwords.Check(ctx, a.lane, a.account.PasswordHash, body.Password)
	if err != nil { // the password was not looked at
		return errors.Join(err, a.refund())
	}
	if !right {
		return problem.Refuse("login_failed", loginFailedWords)
	}
	if err := a.refund(); err != nil {
		return err
	}
	desk, cookie, err := ls.open(ctx, id, a.account, peer.Device(r.UserAgent()), peer.ShortAddress(ls.peers.Addr(r)))
	if errors.Is(err, account.ErrNoUser) || errors.Is(err, clinic.ErrNoClinic) { // removed in this moment
		return problem.Refuse("login_failed", loginFailedWords)
	}
	if err != nil {
		return err
	}
	ls.setLoginCookie(w, r, cookie)
	ls.rememberDevice(w, r, a.device, id, a.account)
	return ls.encodeLogin(w, r, desk)
}

// attempt is a login whose tokens are taken.
type attempt struct {
	account account.User // the zero User when the clinic has no such user
	device  knownDevice
	lane    QueueClass
	refund  func() error // gives the tokens back
}

// attempt takes the tokens of a login. They are the device's when the user has logged
// in on it with the present password. Otherwise they are those of strangers. The
// account of a stranger is read after the tokens are taken.
func (ls *Logins) attempt(r *http.Request, id clinic.ID, user string) (a attempt, err error) {
	account := func() error {
		a.account, err = ls.accounts.User(r.Context(), id, user)
		if errors.Is(err, account.ErrNoUser) || errors.Is(err, clinic.ErrNoClinic) {
			a.account, err = account.User{}, nil
		}
		return err
	}
	a.device = ls.deviceOf(r)
	if tag, signed := a.device.knows(ls.keys, id, user, time.Now()); signed {
		if err := account(); err != nil {
			return a, err
		}
		if a.account.PasswordHash != "" && tag == passwordTag(ls.keys, id, user, a.account.PasswordHash) {
			a.lane = KnownDevice
			a.refund, err = ls.limits.TakeAll(r, id, limit.Of(limit.DeviceLogins, a.device.id, user))
			return a, err
		}
	}
	a.lane = stranger
	if a.refund, err = ls.limits.TakeAll(r, id,
		limit.Of(limit.UserLogins, user), limit.Of(limit.ClinicLogins), limit.Of(limit.AllLogins)); err != nil {
		return a, err
	}
	if err := account(); err != nil {
		return a, errors.Join(err, a.refund())
	}
	return a, nil
}

// logout is POST /v1/logout. A client without a login is logged out already.
func (ls *Logins) logout(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(ls.cookieName(r, loginCookie)); err == nil {
		if err := ls.drop(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	ls.setLoginCookie(w, r, "")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// showLogin is GET /v1/session: the login of the request.
func (ls *Logins) showLogin(w http.ResponseWriter, r *http.Request) error {
	desk, err := ls.Of(r)
	if err != nil {
		return err
	}
	return ls.encodeLogin(w, r, desk)
}

func (ls *Logins) encodeLogin(w http.ResponseWriter, r *http.Request, desk Login) error {
	v, err := ls.clinics.ViewClinic(r.Context(), desk.Clinic)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Login{Clinic: string(desk.Clinic), User: desk.user, Role: string(desk.role), ExpiresAt: v.At(desk.expires), At: v.At(v.Now)})
}
