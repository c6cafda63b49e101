package register

import (
	"fmt"
	"slices"
	"time"

	"junban/queue/rule"
	"junban/register/csvfile"
)

// ExportRequest asks for a CSV file of members or bookings.
type ExportRequest struct {
	Of       string // [OfMembers] or [OfBookings]
	Members  MemberQuery
	Bookings BookingQuery
	IDs      []string // of the rows that [Store.WriteSelected] writes
	Columns  []string // of [ColumnNames]; none: all
	Encoding string   // of package csvfile
	Words    Words
}

// mostSelected is how many rows a page has, which can be selected at once (L10).
const mostSelected = pageSize

// clean returns the request with its columns, or what is wrong with it.
func (r ExportRequest) clean() (ExportRequest, error) {
	all := ColumnNames[r.Of]
	if all == nil {
		return r, unknownTable(r.Of)
	}
	var errs []rule.Error
	for i, name := range r.Columns {
		if !slices.Contains(all, name) {
			errs = append(errs, rule.Wrong(fmt.Sprintf("columns[%d]", i), rule.NotOneOf, "value", name, "values", all))
		} else if slices.Contains(r.Columns[:i], name) { // else a row could be as long as a request
			errs = append(errs, rule.Wrong(fmt.Sprintf("columns[%d]", i), rule.UsedTwice, "value", name))
		}
	}
	if _, err := csvfile.ParseEncoding(r.Encoding); err != nil {
		errs = append(errs, rule.Wrong("encoding", rule.NotOneOf, "value", r.Encoding, "values", []string{csvfile.UTF8, csvfile.CP932}))
	}
	if r.Words.Language != "ja" && r.Words.Language != "en" {
		errs = append(errs, rule.Wrong("language", rule.NotOneOf, "value", r.Words.Language, "values", []string{"ja", "en"}))
	}
	if err := invalid(oneOfEach(errs)); err != nil {
		return r, err
	}
	if len(r.Columns) == 0 {
		r.Columns = slices.Clone(all)
	}
	r.Members.After, r.Bookings.After = "", ""
	if r.Of == OfBookings {
		return r, r.Bookings.check()
	}
	_, err := newMemberSearch(r.Members)
	return r, err
}

// fileName is the name of a file for people.
func (r ExportRequest) fileName(s *sheet, at time.Time) string {
	name := s.say(map[string]label{OfMembers: {"会員", "members"}, OfBookings: {"予約", "bookings"}}[r.Of])
	return name + at.In(s.zone).Format("_20060102_150405") + ".csv"
}
