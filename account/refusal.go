package account

// Refusal is a change that is refused, by its stable code. Nothing was changed.
type Refusal string

// What is refused.
const (
	ErrNoUser     Refusal = "user_unknown"
	ErrUserExists Refusal = "user_exists"
	ErrUsersFull  Refusal = "users_full"
	ErrLastAdmin  Refusal = "last_admin" // the clinic would have no admin
)

var sentences = map[Refusal]string{
	ErrNoUser:     "no such user",
	ErrUserExists: "a user has this name",
	ErrUsersFull:  "the clinic has a hundred users",
	ErrLastAdmin:  "this is the clinic's last admin; make another user an admin first",
}

// Code is the stable code.
func (r Refusal) Code() string { return string(r) }

// Error returns a sentence for people.
func (r Refusal) Error() string { return sentences[r] }
