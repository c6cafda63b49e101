package wire

// Users are a clinic's users, by name: GET /v1/clinics/:clinic/users.
type Users struct {
	Users []User `json:"users"`
}

// User is somebody who may log in at a clinic's desk.
type User struct {
	Name      string `json:"name"`
	Role      string `json:"role"`                // "desk", "admin"
	Since     *Time  `json:"since,omitempty"`     // absent: from before this was kept
	LastLogin *Time  `json:"lastLogin,omitempty"` // absent: never, or before this was kept
}

// NewUser adds a user to a clinic.
type NewUser struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	Password string `json:"password"` // "": one is made up
}

// UserAdded is the user with the generated password, which cannot be read again.
type UserAdded struct {
	User     User   `json:"user"`
	Password string `json:"password,omitempty"`
}

// RoleRequest sets a user's role.
type RoleRequest struct {
	Role string `json:"role"`
}

// PasswordRequest gives a user another password.
type PasswordRequest struct {
	Password string `json:"password"` // "": one is made up
}

// PasswordSet has the generated password, which cannot be read again.
type PasswordSet struct {
	Password string `json:"password,omitempty"`
}

// OwnPasswordRequest is for one's own password.
type OwnPasswordRequest struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// DeskLogins are the logins of a clinic, the last seen first. Users who are not admins
// get their own only.
type DeskLogins struct {
	Logins []DeskLogin `json:"sessions"`
}

// DeskLogin is one login of a clinic's user.
type DeskLogin struct {
	ID      string `json:"id"`
	User    string `json:"user"`
	Browser string `json:"browser,omitempty"` // such as "Chrome"; absent: unknown
	System  string `json:"system,omitempty"`  // such as "Windows"; absent: unknown
	Address string `json:"address"`           // the network only, such as "192.0.2.*"
	Since   Time   `json:"since"`
	Seen    Time   `json:"seen"` // at most a minute old while it is used
	Own     bool   `json:"own"`  // the one that asks
}
