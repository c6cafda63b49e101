package clinic

import "regexp"

// ID is the four-digit number of a clinic (事業所番号).
type ID string

// Ref names one service of one clinic: 情報番号, "1234-1" (domain §1.8 point 1).
type Ref struct {
	Clinic  ID
	Service string // 業務番号, 1 to 99
}

// String returns the 情報番号.
func (r Ref) String() string { return string(r.Clinic) + "-" + r.Service }

// Day is a business date in the clinic's zone, "2026-11-21".
type Day string

var (
	clinicForm = regexp.MustCompile(`^[0-9]{4}$`)
	refForm    = regexp.MustCompile(`^([0-9]{4})-([1-9][0-9]?)$`)
)

// ParseID checks the form of a clinic's number; it does not look it up.
func ParseID(s string) (ID, error) {
	if !clinicForm.MatchString(s) {
		return "", ErrNoClinic
	}
	return ID(s), nil
}

// ParseRef checks the form of a 情報番号; it does not look it up.
func ParseRef(s string) (Ref, error) {
	m := refForm.FindStringSubmatch(s)
	if m == nil {
		return Ref{}, ErrNoService
	}
	return Ref{ID(m[1]), m[2]}, nil
}
