package register

import (
	"errors"
	"strings"

	"junban/internal/refusal"
	"junban/queue/rule"
)

// The refusals of the register. The comment beside one gives its condition.
var (
	ErrNoMember         = refusal.New("member_unknown", "no member has this id")
	ErrMemberChanged    = refusal.New("member_changed", "someone else has changed this member; check it and try again") // the version differs
	ErrCardTaken        = refusal.New("card_taken", "another member has this card number")
	ErrMerged           = refusal.New("member_merged", "this member has been merged into another one")
	ErrSameMember       = refusal.New("same_member", "a member cannot be merged with itself")
	ErrNotMerged        = refusal.New("not_merged", "this merge does not exist, or it is undone already")
	ErrNoBooking        = refusal.New("booking_unknown", "no booking has this id")
	ErrNoExport         = refusal.New("export_unknown", "no export has this id")
	ErrExportUnfinished = refusal.New("export_unfinished", "this file is not ready yet")
	ErrExportsBusy      = refusal.New("exports_busy", "the clinic has three unfinished exports, or fifty files that have not expired")
	ErrExportExpired    = refusal.New("export_expired", "this file has expired; export it again")
	ErrBadQuery         = refusal.New("query_invalid", "this search is not possible")
	ErrTooManyRows      = refusal.New("import_too_large", "the file has more than 200,000 rows")
)

// InvalidError lists the fields of a record that are not valid. Their paths are those of
// the record in JSON, such as tags[2].
type InvalidError struct{ Fields []rule.Error }

// Code is the code of a problem with fields.
func (e *InvalidError) Code() string { return "field_invalid" }

// Error returns a line for each field.
func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// InvalidFields returns the fields of an error that is, or wraps, an [InvalidError].
func InvalidFields(err error) []rule.Error {
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		return invalid.Fields
	}
	return nil
}

// invalid returns the error of the fields, nil if there are none.
func invalid(fields []rule.Error) error {
	if len(fields) == 0 {
		return nil
	}
	return &InvalidError{Fields: fields}
}
