package office

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/rule"
)

const MaxTimetable = 256 << 10 // bytes; two hundred dates with sessions of their own are fewer

// timetable is …/timetable of a clinic or of one of its services. Without a calendar a
// service follows its clinic, and a clinic opens and closes manually.
func (o *Office) timetable(of admin) part[wire.Timetable] {
	return part[wire.Timetable]{
		Office: o, admin: of, most: MaxTimetable,
		rev:    func(body wire.Timetable) string { return body.Rev },
		encode: encodeTimetable, change: changeTimetable,
		accept: func(ctx context.Context, now, next clinic.Clinic, body wire.Timetable) error {
			return o.accepted(ctx, now, next, body.Affected)
		},
	}
}

// encodeTimetable encodes the week of a service, or of a clinic and which of its
// services do not follow it.
func encodeTimetable(c clinic.Clinic, service int) (out wire.Timetable, err error) {
	calendar := c.Calendar
	if service >= 0 {
		calendar = c.Services[service].Calendar
	} else {
		for _, svc := range c.Services {
			if svc.Calendar != nil {
				out.Own = append(out.Own, clinic.Ref{Clinic: c.ID, Service: svc.ID}.String())
			}
		}
	}
	out.Rev = c.Rev
	out.Calendar, err = json.Marshal(calendar)
	return out, err
}

func changeTimetable(c *clinic.Clinic, service int, body wire.Timetable) error {
	if len(body.Calendar) == 0 {
		return problem.Invalid("calendar", rule.Missing)
	}
	var calendar *hours.Calendar
	if err := route.Parse(body.Calendar, &calendar, true); err != nil {
		return err
	}
	if service >= 0 {
		c.Services[service].Calendar = calendar
		oneCutover(c)
		return problem.Fields(c.Validate(), fmt.Sprintf("services[%d].", service))
	}
	c.Calendar = calendar
	oneCutover(c)
	errs := c.Validate()
	for i, svc := range c.Services { // of them only the cutover is new
		inside := func(e rule.Error) bool { return strings.HasPrefix(e.Path, fmt.Sprintf("services[%d].", i)) }
		if slices.ContainsFunc(errs, inside) {
			errs = append(slices.DeleteFunc(errs, inside), rule.Wrong("calendar.cutover", problem.OwnTimetable, "service", svc.Name))
		}
	}
	return problem.Fields(errs, "")
}

// oneCutover gives the timetables of services the clinic's cutover, by which
// their days change too.
func oneCutover(c *clinic.Clinic) {
	var cutover hours.Clock
	if c.Calendar != nil {
		cutover = c.Calendar.Cutover
	}
	for i, svc := range c.Services {
		if svc.Calendar != nil {
			own := *svc.Calendar
			own.Cutover = cutover
			c.Services[i].Calendar = &own
		}
	}
}
