package api

import (
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"junban/account"
	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// adminAtClinic is deskAtClinic for what only an admin may do.
func (s *Server) adminAtClinic(r *http.Request) (clinic.ID, queue.Act, error) {
	id, a, err := s.deskAtClinic(r)
	if err != nil {
		return "", queue.Act{}, err
	}
	return id, a, s.isAdmin(r)
}

// adminAtService is deskAtService for what only an admin may do.
func (s *Server) adminAtService(r *http.Request) (clinic.Ref, queue.Act, error) {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return clinic.Ref{}, queue.Act{}, err
	}
	return ref, a, s.isAdmin(r)
}

// isAdmin refuses who is none.
func (s *Server) isAdmin(r *http.Request) error {
	desk, err := s.session(r)
	if err != nil {
		return err
	}
	return desk.admin()
}

// showUsers is GET /v1/clinics/:clinic/users.
func (s *Server) showUsers(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.adminAtClinic(r)
	if err != nil {
		return err
	}
	v, err := s.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	users, err := s.accounts.Users(r.Context(), id)
	if err != nil {
		return err
	}
	answer := wire.Users{Users: make([]wire.User, len(users))}
	for i, u := range users {
		answer.Users[i] = encodeUser(v, u)
	}
	return route.Encode(w, http.StatusOK, answer)
}

// addUser is POST /v1/clinics/:clinic/users. The same request again is answered
// as the first was: a password that is made up follows from the Idempotency-Key.
func (s *Server) addUser(w http.ResponseWriter, r *http.Request) error {
	id, a, err := s.adminAtClinic(r)
	if err != nil {
		return err
	}
	var body wire.NewUser
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	name := strings.TrimSpace(body.Name)
	if !account.ValidUserName(name) {
		return problem.Invalid("name", problem.NotUserName)
	}
	role, err := roleOf(body.Role)
	if err != nil {
		return err
	}
	password, err := s.newPassword(r, id, name, body.Password)
	if err != nil {
		return err
	}
	added := s.accounts.AddUser(r.Context(), id, name, role, password.hash, a.By)
	if added != nil && !errors.Is(added, account.ErrUserExists) {
		return added
	}
	u, err := s.accounts.User(r.Context(), id, name)
	if err != nil {
		return err
	}
	if added != nil {
		if same, err := s.passwords.check(r.Context(), knownLane, u.PasswordHash, password.text); err != nil {
			return err
		} else if !same || u.Role != role {
			return added
		}
	}
	v, err := s.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusCreated, wire.UserAdded{User: encodeUser(v, u), Password: password.made})
}

// setRole is PUT /v1/clinics/:clinic/users/:user/role.
func (s *Server) setRole(w http.ResponseWriter, r *http.Request) error {
	id, a, err := s.adminAtClinic(r)
	if err != nil {
		return err
	}
	var body wire.RoleRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	role, err := roleOf(body.Role)
	if err != nil {
		return err
	}
	name := r.PathValue("user")
	if err := s.accounts.SetRole(r.Context(), id, name, role, a.By); err != nil {
		return err
	}
	s.sessions.lookAgain(id, name)
	return route.Encode(w, http.StatusOK, wire.RoleRequest{Role: string(role)})
}

// setPassword is PUT /v1/clinics/:clinic/users/:user/password, for somebody else:
// one's own needs the old one. A request for a made-up password that comes again
// ends nobody's sessions again.
func (s *Server) setPassword(w http.ResponseWriter, r *http.Request) error {
	id, name, by, err := s.somebodyElse(r)
	if err != nil {
		return err
	}
	var body wire.PasswordRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	password, err := s.newPassword(r, id, name, body.Password)
	if err != nil {
		return err
	}
	again := false
	if password.made != "" {
		u, err := s.accounts.User(r.Context(), id, name)
		if err != nil {
			return err
		}
		if again, err = s.passwords.check(r.Context(), knownLane, u.PasswordHash, password.made); err != nil {
			return err
		}
	}
	if !again {
		if err := s.accounts.SetPassword(r.Context(), id, name, password.hash, "", by); err != nil {
			return err
		}
		s.sessions.lookAgain(id, name)
	}
	return route.Encode(w, http.StatusOK, wire.PasswordSet{Password: password.made})
}

// removeUser is DELETE /v1/clinics/:clinic/users/:user.
func (s *Server) removeUser(w http.ResponseWriter, r *http.Request) error {
	id, name, by, err := s.somebodyElse(r)
	if err != nil {
		return err
	}
	if err := s.accounts.RemoveUser(r.Context(), id, name, by); err != nil {
		return err
	}
	s.sessions.lookAgain(id, name)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// somebodyElse returns whose account of the path's clinic an admin changes, who
// is not that user, and who that admin is.
func (s *Server) somebodyElse(r *http.Request) (clinic.ID, string, clinic.Actor, error) {
	id, a, err := s.adminAtClinic(r)
	if err != nil {
		return "", "", clinic.Actor{}, err
	}
	name := r.PathValue("user")
	if name == a.By.Name {
		return "", "", clinic.Actor{}, problem.Refuse("own_account", "you cannot do this to your own account")
	}
	return id, name, a.By, nil
}

// setOwnPassword is PUT /v1/password: who knows the old one gets another, and
// keeps this session alone.
func (s *Server) setOwnPassword(w http.ResponseWriter, r *http.Request) error {
	desk, err := s.session(r)
	if err != nil {
		return err
	}
	var body wire.OwnPasswordRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	if len(body.Old) > MaxPassword {
		return problem.Invalid("old", rule.TooLong, "count", len(body.Old), "most", MaxPassword)
	}
	if err := goodPassword("new", body.New); err != nil {
		return err
	}
	refund, err := s.limits.TakeAll(r, desk.clinic, limit.Of(limit.OldPasswords, desk.hash))
	if err != nil {
		return err
	}
	u, err := s.accounts.User(r.Context(), desk.clinic, desk.user)
	if err != nil {
		return err
	}
	right, err := s.passwords.check(r.Context(), knownLane, u.PasswordHash, body.Old)
	if err != nil { // the password was not looked at
		return errors.Join(err, refund())
	}
	if !right {
		return problem.Refuse("password_wrong", "the old password is wrong")
	}
	if err := refund(); err != nil {
		return err
	}
	hash, err := s.passwords.hash(r.Context(), body.New)
	if err != nil {
		return err
	}
	if err := s.accounts.SetPassword(r.Context(), desk.clinic, desk.user, hash, desk.hash, deskAct(r, desk, "").By); err != nil {
		return err
	}
	s.sessions.lookAgain(desk.clinic, desk.user)
	u.PasswordHash = hash
	s.rememberDevice(w, r, s.deviceOf(r), desk.clinic, u) // its mark was of the old password
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func roleOf(said string) (account.Role, error) {
	if role := account.Role(said); slices.Contains(account.Roles, role) {
		return role, nil
	}
	return "", problem.Invalid("role", rule.NotOneOf, "value", said, "values", rule.Values(account.Roles...))
}

// goodPassword refuses one that is too short or too long.
func goodPassword(field, password string) error {
	if utf8.RuneCountInString(password) < MinPassword {
		return problem.Invalid(field, rule.TooShort, "least", MinPassword)
	}
	if len(password) > MaxPassword {
		return problem.Invalid(field, rule.TooLong, "count", len(password), "most", MaxPassword)
	}
	return nil
}

// newPassword is what somebody gets as a password.
type newPassword struct{ text, hash, made string }

// newPassword is the one that was given, or one made up for that Idempotency-Key,
// which "made" repeats: easy to read aloud, with 80 bits.
func (s *Server) newPassword(r *http.Request, c clinic.ID, user, given string) (p newPassword, err error) {
	if p.text = given; given == "" {
		key, err := route.IdempotencyKey(r, true)
		if err != nil {
			return newPassword{}, err
		}
		text := strings.ToLower(base32.StdEncoding.EncodeToString(s.keys.MAC("password", string(c), user, key)[:10]))
		p.made = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		p.text = p.made
	} else if err := goodPassword("password", given); err != nil {
		return newPassword{}, err
	}
	p.hash, err = s.passwords.hash(r.Context(), p.text)
	return p, err
}

// encodeUser encodes a user for the admins.
func encodeUser(v view.View, u account.User) wire.User {
	return wire.User{Name: u.Name, Role: string(u.Role), Since: v.AtIfAny(u.Since), LastLogin: v.AtIfAny(u.LastLogin)}
}
