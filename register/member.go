package register

import "time"

// MemberID names a member of a clinic; see [Member].
type MemberID string

// MemberFields are what is kept of a person, as typed.
type MemberFields struct {
	Name, Kana string
	Birth      string // "1980-02-29", or ""
	Sex        string // "female", "male", "other" or ""
	Phone      string // as typed, with hyphens
	Mail       string
	Card       string // 診察券番号; unique among a clinic's members that are not merged
	Memo       string // the clinic's own
	Tags       []string
}

// Member is a clinic's record of a person (会員).
type Member struct {
	ID     MemberID
	Number int64  // 会員番号, counted per clinic
	Kind   string // "web" or "line" (L13)
	MemberFields
	MergedInto       MemberID // the member that it became; ""
	Version          int64    // counts its changes
	Created, Updated time.Time
}
