package login

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue/rule"
)

// setOwnPassword is PUT /v1/password: who knows the old one gets another, and
// keeps this login alone.
func (ls *Logins) setOwnPassword(w http.ResponseWriter, r *http.Request) error {
	desk, err := ls.Of(r)
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
	if err := GoodPassword("new", body.New); err != nil {
		return err
	}
	refund, err := ls.limits.TakeAll(r, desk.Clinic, limit.Of(limit.OldPasswords, desk.Hash))
	if err != nil {
		return err
	}
	u, err := ls.accounts.User(r.Context(), desk.Clinic, desk.user)
	if err != nil {
		return err
	}
	right, err := ls.passwords.Check(r.Context(), KnownDevice, u.PasswordHash, body.Old)
	if err != nil { // the password was not looked at
		return errors.Join(err, refund())
	}
	if !right {
		return problem.Refuse("password_wrong", "the old password is wrong")
	}
	if err := refund(); err != nil {
		return err
	}
	hash, err := ls.passwords.Hash(r.Context(), body.New)
	if err != nil {
		return err
	}
	if err := ls.accounts.SetPassword(r.Context(), desk.Clinic, desk.user, hash, desk.Hash, Act(r, desk, "").By); err != nil {
		return err
	}
	ls.LookAgain(desk.Clinic, desk.user)
	u.PasswordHash = hash
	ls.rememberDevice(w, r, ls.deviceOf(r), desk.Clinic, u) // its mark was of the old password
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// GoodPassword refuses one that is too short or too long.
func GoodPassword(field, password string) error {
	if utf8.RuneCountInString(password) < MinPassword {
		return problem.Invalid(field, rule.TooShort, "least", MinPassword)
	}
	if len(password) > MaxPassword {
		return problem.Invalid(field, rule.TooLong, "count", len(password), "most", MaxPassword)
	}
	return nil
}
