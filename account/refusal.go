package account

import "junban/internal/refusal"

// What is refused.
var (
	ErrNoUser     = refusal.New("user_unknown", "no such user")
	ErrUserExists = refusal.New("user_exists", "a user has this name")
	ErrUsersFull  = refusal.New("users_full", "the clinic has a hundred users")
	ErrLastAdmin  = refusal.New("last_admin", "this is the clinic's last admin; make another user an admin first") // the clinic would have no admin
)
