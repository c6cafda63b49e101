package clinic

// Actor is what an act or a change of a record comes from. The log and the changes
// have it.
type Actor struct {
	Kind   string // "web", "staff", "operator" or "system"
	Name   string // the staff user; "" otherwise
	Device string // what the act came from, no patient data
}
