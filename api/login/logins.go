package login

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"junban/account"
	"junban/api/limit"
	"junban/api/live"
	"junban/api/peer"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/secret"
	"junban/queue/clinic"
)

const (
	loginCookie = "junban_session"
	loginLife   = 12 * time.Hour
	// loginAge is how long a login counts as valid after a check. So an act of the
	// desk is one round trip to Redis.
	loginAge = 5 * time.Second
	// loginsKept bounds the memory of found logins.
	loginsKept = 4096
)

// Login is a logged-in user of a clinic.
type Login struct {
	Clinic  clinic.ID
	user    string
	role    account.Role
	Hash    string // what the store knows it by
	expires time.Time
}

// User returns the name of the user.
func (l Login) User() string { return l.user }

// newToken returns 43 characters of base64url: 16 random bytes, the expiry, and a MAC of
// these and the clinic. The MAC lets a node refuse what it did not make without asking
// Redis.
func newToken(k secret.Keys, c clinic.ID, expires time.Time) string {
	var b [loginMAC]byte
	_, _ = rand.Read(b[:16]) // never fails, by its contract
	binary.BigEndian.PutUint32(b[16:], uint32(expires.Unix()))
	return k.Signed("session", b[:], string(c))
}

// loginMAC is where the MAC begins in the bytes of a login's token.
const loginMAC = 20

// parse reads the cookie "<clinic>.<token>"; it does not look it up.
func parse(k secret.Keys, cookie string) (Login, bool) {
	number, token, _ := strings.Cut(cookie, ".")
	clinic, err := clinic.ParseID(number)
	if err != nil {
		return Login{}, false
	}
	b, ok := k.Unsigned("session", token, loginMAC, string(clinic))
	if !ok {
		return Login{}, false
	}
	return Login{
		Clinic:  clinic,
		Hash:    secret.Hash(cookie),
		expires: time.Unix(int64(binary.BigEndian.Uint32(b[16:])), 0),
	}, true
}

// Accounts are the users of a clinic as they log in.
type Accounts interface {
	User(ctx context.Context, c clinic.ID, name string) (account.User, error)
	SetPassword(ctx context.Context, c clinic.ID, name, passwordHash, keep string, by clinic.Actor) error
	PutLogin(ctx context.Context, c clinic.ID, l account.Login, life time.Duration) error
	Logins(ctx context.Context, c clinic.ID) ([]account.Login, error)
	Login(ctx context.Context, c clinic.ID, tokenHash string) (user string, role account.Role, err error)
	DropLogin(ctx context.Context, c clinic.ID, tokenHash string) error
}

// Logins finds logins, and remembers them for a moment.
type Logins struct {
	accounts  Accounts
	keys      secret.Keys
	peers     *peer.Peers
	limits    *limit.Limiter
	clinics   *live.Clinics
	passwords *Passwords
	streams   *streams

	mu    sync.Mutex
	found map[string]foundLogin // by hash
	drops int                   // logins dropped so far
}

type foundLogin struct {
	clinic clinic.ID
	user   string
	role   account.Role
	at     time.Time
}

func New(a Accounts, k secret.Keys, p *peer.Peers, limits *limit.Limiter, clinics *live.Clinics, passwords *Passwords) *Logins {
	return &Logins{accounts: a, keys: k, peers: p, limits: limits, clinics: clinics, passwords: passwords, streams: newStreams(a), found: map[string]foundLogin{}}
}

// Close ends every stream of a login and waits.
func (ls *Logins) Close() { ls.streams.stop() }

// Cookie returns the cookie of a request's login, whether or not it holds.
func (ls *Logins) Cookie(r *http.Request) (value string, ok bool) {
	cookie, err := r.Cookie(ls.cookieName(r, loginCookie))
	if err != nil {
		return "", false
	}
	return cookie.Value, true
}

// Claimed returns the login that the cookie of a request claims, without asking Redis.
func (ls *Logins) Claimed(r *http.Request) (Login, bool) {
	cookie, _ := ls.Cookie(r)
	l, ok := parse(ls.keys, cookie)
	return l, ok && time.Now().Before(l.expires)
}

// Until returns what is done when a login is over: logged out, expired, or its user
// removed.
func (ls *Logins) Until(l Login) context.Context { return ls.streams.of(l) }

// open makes a login and returns its cookie's value. device and address are
// words to know it by.
func (ls *Logins) open(ctx context.Context, c clinic.ID, user account.User, device, address string) (Login, string, error) {
	expires := time.Now().Add(loginLife).Truncate(time.Second)
	cookie := string(c) + "." + newToken(ls.keys, c, expires)
	s := Login{Clinic: c, user: user.Name, role: user.Role, Hash: secret.Hash(cookie), expires: expires}
	d := account.Login{TokenHash: s.Hash, User: user.Name, Device: device, Address: address}
	if err := ls.accounts.PutLogin(ctx, c, d, loginLife); err != nil {
		return Login{}, "", err
	}
	return s, cookie, nil
}

// find returns the login of a cookie, or the problem session_required.
func (ls *Logins) find(ctx context.Context, cookie string) (Login, error) {
	none := problem.Refuse("session_required", "log in first")
	s, ok := parse(ls.keys, cookie)
	now := time.Now()
	if !ok || !now.Before(s.expires) {
		return Login{}, none
	}
	ls.mu.Lock()
	f, ok := ls.found[s.Hash]
	drops := ls.drops
	ls.mu.Unlock()
	if ok && now.Sub(f.at) < loginAge {
		s.user, s.role = f.user, f.role
		return s, nil
	}
	user, role, err := ls.accounts.Login(ctx, s.Clinic, s.Hash)
	if errors.Is(err, account.ErrNoLogin) || errors.Is(err, clinic.ErrNoClinic) {
		return Login{}, none
	}
	if err != nil {
		return Login{}, err
	}
	s.user, s.role = user, role
	ls.remember(s.Hash, foundLogin{s.Clinic, user, role, now}, drops)
	return s, nil
}

// remember keeps what was found, unless a login was dropped meanwhile: it may
// be this one.
func (ls *Logins) remember(hash string, f foundLogin, drops int) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.drops != drops {
		return
	}
	if len(ls.found) >= loginsKept {
		clear(ls.found)
	}
	ls.found[hash] = f
}

// drop ends the login of a cookie, here at once and on other nodes within
// [loginAge].
func (ls *Logins) drop(ctx context.Context, cookie string) error {
	s, ok := parse(ls.keys, cookie)
	if !ok {
		return nil
	}
	return ls.end(ctx, s.Clinic, s.Hash)
}

// end ends a login by what the store knows it by.
func (ls *Logins) end(ctx context.Context, c clinic.ID, hash string) error {
	err := ls.accounts.DropLogin(ctx, c, hash)
	ls.mu.Lock()
	delete(ls.found, hash)
	ls.drops++
	ls.mu.Unlock()
	ls.streams.end(hash)
	return err
}

// LookAgain makes the next use of each login read the store again: the account has
// changed. Their streams end, and those whose login still holds come back. On
// other nodes that is so within [loginAge], and of streams within [recheck].
func (ls *Logins) LookAgain(c clinic.ID, user string) {
	ls.mu.Lock()
	maps.DeleteFunc(ls.found, func(_ string, f foundLogin) bool { return f.clinic == c && f.user == user })
	ls.drops++
	ls.mu.Unlock()
	ls.streams.endOf(c, user)
}

// Of returns the login of a request, by the request's cookie. A page of another
// site gets nothing by it.
func (ls *Logins) Of(r *http.Request) (Login, error) {
	cookie, err := r.Cookie(ls.cookieName(r, loginCookie))
	if err != nil {
		return Login{}, problem.Refuse("session_required", "log in first")
	}
	if ls.peers.Foreign(r) {
		return Login{}, problem.Refuse("foreign_origin", "pages of other sites cannot read this resource")
	}
	return ls.find(r.Context(), cookie.Value)
}

// Of refuses a login of another clinic, in the same words whether or not the
// thing asked for exists there.
func (s Login) Of(c clinic.ID) error {
	if s.Clinic != c {
		return problem.Refuse("other_clinic", "this login is for clinic %s", s.Clinic)
	}
	return nil
}

// admin refuses a login that is not of an admin.
func (s Login) admin() error {
	if s.role != account.RoleAdmin {
		return problem.Refuse("admin_required", "only an admin of the clinic can do this")
	}
	return nil
}

// setLoginCookie gives the browser a login, or takes it when value is "".
func (ls *Logins) setLoginCookie(w http.ResponseWriter, r *http.Request, value string) {
	ls.setCookie(w, r, loginCookie, value, loginLife)
}

// Routes lists the routes of logins.
func (ls *Logins) Routes() []route.Route {
	return []route.Route{
		route.Post("/v1/login", route.Open, ls.login),
		route.Post("/v1/logout", route.Open, ls.logout),
		route.Get("/v1/session", route.Open, ls.showLogin),
		route.Get("/v1/clinics/:clinic/sessions", route.Private, ls.showLogins),
		route.Delete("/v1/clinics/:clinic/sessions/:session", route.Private, ls.endLogin),
		route.Put("/v1/password", route.Private, ls.setOwnPassword),
	}
}
