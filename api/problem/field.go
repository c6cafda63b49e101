package problem

import (
	"strings"

	"junban/api/wire"
	"junban/queue/rule"
)

// fieldsShown is how many invalid fields a problem lists at most.
const fieldsShown = 20

// The codes of fields that are of no clinic's record.
var (
	NotPhone     = rule.NotPhone
	NotMail      = rule.NotMail
	NotPast      = rule.NotPast
	NotPhoneEnd  = rule.NewCode("not_phone_end", "is not the last {count} digits of a telephone number")
	NotNumber    = rule.NewCode("not_number", "{value} is not a number")
	NotTicket    = rule.NewCode("not_ticket", "{value} is not the id of a ticket")
	NotUserName  = rule.NewCode("not_user_name", "is not 1 to 40 characters without a slash")
	NotInAYear   = rule.NewCode("not_within_year", "is not within the next year")
	NotWith      = rule.NewCode("not_with", "is not allowed unless {field} is one of {values}")
	EitherOr     = rule.NewCode("either_or", "either this or {other} is required")
	OwnTimetable = rule.NewCode("own_timetable", "does not fit the timetable of service {service}")
)

// Invalid returns the problem of one field of the body. The parameters are those of
// [rule.Wrong].
func Invalid(path string, code rule.Code, params ...any) error {
	return Fields([]rule.Error{rule.Wrong(path, code, params...)}, "")
}

// Fields returns the problem of invalid fields, whose paths in the body begin below
// part of the record. It is nil if there are none.
func Fields(errs []rule.Error, part string) error {
	if len(errs) == 0 {
		return nil
	}
	p := Problem{Code: "field_invalid"}
	var lines []string
	for _, e := range errs[:min(len(errs), fieldsShown)] {
		e.Path = strings.TrimPrefix(e.Path, part)
		lines = append(lines, e.Error())
		p.Errors = append(p.Errors, wire.FieldError{Pointer: e.Pointer(), Code: string(e.Code), Params: e.Params})
	}
	p.Detail = strings.Join(lines, "\n")
	return p
}

// InvalidParameter returns the problem of a parameter of the path or the query, with
// the reason.
func InvalidParameter(name, reason string) error {
	return Refuse("field_invalid", "%s %s", name, reason)
}
