package office

import (
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strings"

	"junban/account"
	"junban/api/login"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// showUsers is GET /v1/clinics/:clinic/users.
func (o *Office) showUsers(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	users, err := o.Accounts.Users(r.Context(), id)
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
func (o *Office) addUser(w http.ResponseWriter, r *http.Request) error {
	id, a, err := o.Logins.AdminAtClinic(r)
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
	password, err := o.newPassword(r, id, name, body.Password)
	if err != nil {
		return err
	}
	added := o.Accounts.AddUser(r.Context(), id, name, role, password.hash, a.By)
	if added != nil && !errors.Is(added, account.ErrUserExists) {
		return added
	}
	u, err := o.Accounts.User(r.Context(), id, name)
	if err != nil {
		return err
	}
	if added != nil {
		if same, err := o.Passwords.Check(r.Context(), login.KnownDevice, u.PasswordHash, password.text); err != nil {
			return err
		} else if !same || u.Role != role {
			return added
		}
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusCreated, wire.UserAdded{User: encodeUser(v, u), Password: password.made})
}

// setRole is PUT /v1/clinics/:clinic/users/:user/role.
func (o *Office) setRole(w http.ResponseWriter, r *http.Request) error {
	id, a, err := o.Logins.AdminAtClinic(r)
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
	if err := o.Accounts.SetRole(r.Context(), id, name, role, a.By); err != nil {
		return err
	}
	o.Logins.LookAgain(id, name)
	return route.Encode(w, http.StatusOK, wire.RoleRequest{Role: string(role)})
}

// setPassword is PUT /v1/clinics/:clinic/users/:user/password, for somebody else: one's
// own needs the old one. A repeated request for a generated password ends no logins
// again.
func (o *Office) setPassword(w http.ResponseWriter, r *http.Request) error {
	id, name, by, err := o.somebodyElse(r)
	if err != nil {
		return err
	}
	var body wire.PasswordRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	password, err := o.newPassword(r, id, name, body.Password)
	if err != nil {
		return err
	}
	again := false
	if password.made != "" {
		u, err := o.Accounts.User(r.Context(), id, name)
		if err != nil {
			return err
		}
		if again, err = o.Passwords.Check(r.Context(), login.KnownDevice, u.PasswordHash, password.made); err != nil {
			return err
		}
	}
	if !again {
		if err := o.Accounts.SetPassword(r.Context(), id, name, password.hash, "", by); err != nil {
			return err
		}
		o.Logins.LookAgain(id, name)
	}
	return route.Encode(w, http.StatusOK, wire.PasswordSet{Password: password.made})
}

// removeUser is DELETE /v1/clinics/:clinic/users/:user.
func (o *Office) removeUser(w http.ResponseWriter, r *http.Request) error {
	id, name, by, err := o.somebodyElse(r)
	if err != nil {
		return err
	}
	if err := o.Accounts.RemoveUser(r.Context(), id, name, by); err != nil {
		return err
	}
	o.Logins.LookAgain(id, name)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// somebodyElse returns the user that an admin changes, and the admin as actor. Admins
// cannot change their own account.
func (o *Office) somebodyElse(r *http.Request) (clinic.ID, string, clinic.Actor, error) {
	id, a, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return "", "", clinic.Actor{}, err
	}
	name := r.PathValue("user")
	if name == a.By.Name {
		return "", "", clinic.Actor{}, problem.Refuse("own_account", "you cannot do this to your own account")
	}
	return id, name, a.By, nil
}

func roleOf(name string) (account.Role, error) {
	if role := account.Role(name); slices.Contains(account.Roles, role) {
		return role, nil
	}
	return "", problem.Invalid("role", rule.NotOneOf, "value", name, "values", rule.Values(account.Roles...))
}

// newPassword is what somebody gets as a password.
type newPassword struct{ text, hash, made string }

// newPassword is the given one, or one generated from the Idempotency-Key, which "made"
// repeats. It has 80 bits and is easy to read aloud.
func (o *Office) newPassword(r *http.Request, c clinic.ID, user, given string) (p newPassword, err error) {
	if p.text = given; given == "" {
		key, err := route.IdempotencyKey(r, true)
		if err != nil {
			return newPassword{}, err
		}
		text := strings.ToLower(base32.StdEncoding.EncodeToString(o.Keys.MAC("password", string(c), user, key)[:10]))
		p.made = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		p.text = p.made
	} else if err := login.GoodPassword("password", given); err != nil {
		return newPassword{}, err
	}
	p.hash, err = o.Passwords.Hash(r.Context(), p.text)
	return p, err
}

// encodeUser encodes a user for the admins.
func encodeUser(v view.View, u account.User) wire.User {
	return wire.User{Name: u.Name, Role: string(u.Role), Since: v.AtIfAny(u.Since), LastLogin: v.AtIfAny(u.LastLogin)}
}
