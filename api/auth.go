package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"junban/account"
	"junban/api/problem"
	"junban/api/secret"
	"junban/queue/clinic"
)

const (
	sessionCookie = "junban_session"
	sessionLife   = 12 * time.Hour
	// sessionAge is how long a session that was found is taken as still there,
	// so that an act of the desk is one round trip to Redis.
	sessionAge = 5 * time.Second
	// sessionsKept bounds the memory of found sessions.
	sessionsKept = 4096
)

// session is who the desk is.
type session struct {
	clinic  clinic.ID
	user    string
	role    account.Role
	hash    string // what the store knows it by
	expires time.Time
}

// sessionToken is 16 random bytes, the time it ends, and a MAC of these and the
// clinic, in base64url: 43 characters. The MAC lets a node refuse what it did not
// make without asking Redis.
func sessionToken(k secret.Keys, c clinic.ID, expires time.Time) string {
	var b [sessionMAC]byte
	_, _ = rand.Read(b[:16]) // never fails, by its contract
	binary.BigEndian.PutUint32(b[16:], uint32(expires.Unix()))
	return k.Signed("session", b[:], string(c))
}

// sessionMAC is where the MAC begins in the bytes of a session's token.
const sessionMAC = 20

// parseSession reads the cookie "<clinic>.<token>"; it does not look it up.
func parseSession(k secret.Keys, cookie string) (session, bool) {
	number, token, _ := strings.Cut(cookie, ".")
	clinic, err := clinic.ParseID(number)
	if err != nil {
		return session{}, false
	}
	b, ok := k.Unsigned("session", token, sessionMAC, string(clinic))
	if !ok {
		return session{}, false
	}
	return session{
		clinic:  clinic,
		hash:    tokenHash(cookie),
		expires: time.Unix(int64(binary.BigEndian.Uint32(b[16:])), 0),
	}, true
}

// tokenHash is what the store knows a session by. It covers the clinic too: the
// same token under another clinic's number is another session.
func tokenHash(cookie string) string {
	sum := sha256.Sum256([]byte(cookie))
	return hex.EncodeToString(sum[:])
}

// sessions finds sessions, and remembers them for a moment.
type sessions struct {
	accounts Accounts
	keys     secret.Keys
	streams  *streams

	mu    sync.Mutex
	found map[string]foundSession // by hash
	drops int                     // sessions dropped so far
}

type foundSession struct {
	clinic clinic.ID
	user   string
	role   account.Role
	at     time.Time
}

func newSessions(a Accounts, k secret.Keys) *sessions {
	return &sessions{accounts: a, keys: k, streams: newStreams(a), found: map[string]foundSession{}}
}

// open makes a session and returns its cookie's value. device and address are
// words to know it by.
func (ss *sessions) open(ctx context.Context, c clinic.ID, user account.User, device, address string) (session, string, error) {
	expires := time.Now().Add(sessionLife).Truncate(time.Second)
	cookie := string(c) + "." + sessionToken(ss.keys, c, expires)
	s := session{clinic: c, user: user.Name, role: user.Role, hash: tokenHash(cookie), expires: expires}
	d := account.Login{TokenHash: s.hash, User: user.Name, Device: device, Address: address}
	if err := ss.accounts.PutLogin(ctx, c, d, sessionLife); err != nil {
		return session{}, "", err
	}
	return s, cookie, nil
}

// find returns the session of a cookie, or the problem session_required.
func (ss *sessions) find(ctx context.Context, cookie string) (session, error) {
	none := problem.Refuse("session_required", "log in first")
	s, ok := parseSession(ss.keys, cookie)
	now := time.Now()
	if !ok || !now.Before(s.expires) {
		return session{}, none
	}
	ss.mu.Lock()
	f, ok := ss.found[s.hash]
	drops := ss.drops
	ss.mu.Unlock()
	if ok && now.Sub(f.at) < sessionAge {
		s.user, s.role = f.user, f.role
		return s, nil
	}
	user, role, err := ss.accounts.Login(ctx, s.clinic, s.hash)
	if errors.Is(err, account.ErrNoLogin) || errors.Is(err, clinic.ErrNoClinic) {
		return session{}, none
	}
	if err != nil {
		return session{}, err
	}
	s.user, s.role = user, role
	ss.remember(s.hash, foundSession{s.clinic, user, role, now}, drops)
	return s, nil
}

// remember keeps what was found, unless a session was dropped meanwhile: it may
// be this one.
func (ss *sessions) remember(hash string, f foundSession, drops int) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.drops != drops {
		return
	}
	if len(ss.found) >= sessionsKept {
		clear(ss.found)
	}
	ss.found[hash] = f
}

// drop ends the session of a cookie, here at once and on other nodes within
// [sessionAge].
func (ss *sessions) drop(ctx context.Context, cookie string) error {
	s, ok := parseSession(ss.keys, cookie)
	if !ok {
		return nil
	}
	return ss.end(ctx, s.clinic, s.hash)
}

// end ends a session by what the store knows it by.
func (ss *sessions) end(ctx context.Context, c clinic.ID, hash string) error {
	err := ss.accounts.DropLogin(ctx, c, hash)
	ss.mu.Lock()
	delete(ss.found, hash)
	ss.drops++
	ss.mu.Unlock()
	ss.streams.end(hash)
	return err
}

// lookAgain makes the next use of each login read the store again: the account has
// changed. Their streams end, and those whose session still holds come back. On
// other nodes that is so within [sessionAge], and of streams within [recheck].
func (ss *sessions) lookAgain(c clinic.ID, user string) {
	ss.mu.Lock()
	maps.DeleteFunc(ss.found, func(_ string, f foundSession) bool { return f.clinic == c && f.user == user })
	ss.drops++
	ss.mu.Unlock()
	ss.streams.endOf(c, user)
}

// session returns who the desk is, by the request's cookie. A page of another
// site gets nothing by it.
func (s *Server) session(r *http.Request) (session, error) {
	cookie, err := r.Cookie(s.cookieName(r, sessionCookie))
	if err != nil {
		return session{}, problem.Refuse("session_required", "log in first")
	}
	if s.peers.Foreign(r) {
		return session{}, problem.Refuse("foreign_origin", "pages of other sites cannot read this resource")
	}
	return s.sessions.find(r.Context(), cookie.Value)
}

// of refuses a session of another clinic, in the same words whether or not the
// thing asked for exists there.
func (s session) of(c clinic.ID) error {
	if s.clinic != c {
		return problem.Refuse("other_clinic", "this login is for clinic %s", s.clinic)
	}
	return nil
}

// admin refuses a session of somebody who is none.
func (s session) admin() error {
	if s.role != account.RoleAdmin {
		return problem.Refuse("admin_required", "only an admin of the clinic can do this")
	}
	return nil
}

// setSessionCookie gives the browser a session, or takes it when value is "".
func (s *Server) setSessionCookie(w http.ResponseWriter, r *http.Request, value string) {
	s.setCookie(w, r, sessionCookie, value, sessionLife)
}
