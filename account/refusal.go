package account

import "junban/internal/refusal"

// The refusals of accounts.
var (
	ErrNoUser     = refusal.New("user_unknown", "this clinic has no such user")
	ErrUserExists = refusal.New("user_exists", "another user already has this name")
	ErrUsersFull  = refusal.New("users_full", "the clinic already has 100 users, the maximum")
	ErrLastAdmin  = refusal.New("last_admin", "this is the clinic's only admin; make another user an admin first")
)
