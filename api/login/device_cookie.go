package login

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"time"

	"junban/account"
	"junban/api/secret"
	"junban/queue/clinic"
)

// A device on which a user has logged in keeps a signed cookie. It gives
// the device its own budget of wrong passwords for that user: no counter of
// strangers is looked at. It is no login: the password is still needed. A new
// password makes it worthless.
const (
	deviceCookie = "junban_device"
	deviceLife   = 400 * 24 * time.Hour // the longest that browsers keep a cookie
	deviceUsers  = 8                    // users that one device remembers, the newest first
)

// knownDevice is the content of a device cookie. It has the id of the device, and a
// mark of each user that has logged in.
type knownDevice struct {
	id    string // 22 characters of base64url
	marks []string
}

// A mark is its expiry (4 bytes, Unix time), the password's tag (6) and a MAC (16). The
// MAC is of both, the device's id, the clinic and the user.
const (
	markEnd  = 4
	markTag  = markEnd + 6
	markSize = markTag + 16
)

// deviceOf reads the device cookie of a request. It checks nothing: the marks
// prove themselves.
func (ls *Logins) deviceOf(r *http.Request) (d knownDevice) {
	cookie, err := r.Cookie(ls.cookieName(r, deviceCookie))
	if err != nil {
		return knownDevice{}
	}
	parts := strings.Split(cookie.Value, ".")
	if b, err := base64.RawURLEncoding.DecodeString(parts[0]); err != nil || len(b) != 16 {
		return knownDevice{}
	}
	return knownDevice{parts[0], parts[1:min(len(parts), 1+deviceUsers)]}
}

// deviceMAC signs with a key of its own, derived from the secret. Each part is
// written after its length.
func deviceMAC(k secret.Keys, use string, parts ...string) []byte {
	m := hmac.New(sha256.New, k.MAC("device cookie"))
	for _, p := range append([]string{use}, parts...) {
		m.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}

// passwordTag changes with the password: it is of the hash, which has a salt.
func passwordTag(k secret.Keys, c clinic.ID, user, passwordHash string) string {
	return string(deviceMAC(k, "password", string(c), user, passwordHash)[:markTag-markEnd])
}

// deviceMark returns the mark of a user on a device.
func deviceMark(k secret.Keys, id string, c clinic.ID, user, tag string, end time.Time) string {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, markSize), uint32(end.Unix()))
	b = append(b, tag...)
	b = append(b, deviceMAC(k, "mark", id, string(c), user, string(b))[:markSize-markTag]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// knows reports whether the user has logged in on the device, and with which
// password, by its tag. It costs one MAC per mark.
func (d knownDevice) knows(k secret.Keys, c clinic.ID, user string, now time.Time) (tag string, known bool) {
	for _, mark := range d.marks {
		b, err := base64.RawURLEncoding.DecodeString(mark)
		if err != nil || len(b) != markSize {
			continue
		}
		end := time.Unix(int64(binary.BigEndian.Uint32(b)), 0)
		want := deviceMark(k, d.id, c, user, string(b[markEnd:markTag]), end)
		if hmac.Equal([]byte(want), []byte(mark)) && now.Before(end) {
			return string(b[markEnd:markTag]), true
		}
	}
	return "", false
}

// rememberDevice gives the browser a device cookie with a mark of the user, beside
// the marks of the others.
func (ls *Logins) rememberDevice(w http.ResponseWriter, r *http.Request, d knownDevice, c clinic.ID, user account.User) {
	now := time.Now()
	if d.id == "" {
		var b [16]byte
		_, _ = rand.Read(b[:]) // never fails, by its contract
		d = knownDevice{id: base64.RawURLEncoding.EncodeToString(b[:])}
	}
	marks := []string{deviceMark(ls.keys, d.id, c, user.Name, passwordTag(ls.keys, c, user.Name, user.PasswordHash), now.Add(deviceLife))}
	for _, mark := range d.marks {
		if _, old := (knownDevice{d.id, []string{mark}}).knows(ls.keys, c, user.Name, now); !old && len(marks) < deviceUsers {
			marks = append(marks, mark)
		}
	}
	ls.setCookie(w, r, deviceCookie, d.id+"."+strings.Join(marks, "."), deviceLife)
}

// cookieName is the name of a cookie of ours. Over TLS it has the prefix that keeps
// other hosts of our domain from setting it. On plain HTTP, as for the
// demo on this machine, browsers take no such name.
func (ls *Logins) cookieName(r *http.Request, name string) string {
	if ls.peers.ByTLS(r) {
		return "__Host-" + name
	}
	return name
}

// setCookie gives the browser a cookie for that long, or takes it when value is "".
func (ls *Logins) setCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	age := int(life.Seconds())
	if value == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: ls.cookieName(r, name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: ls.peers.ByTLS(r), SameSite: http.SameSiteLaxMode,
	})
}
