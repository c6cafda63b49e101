package office

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// serviceSettings are /v1/services/:service/settings.
func (o *Office) serviceSettings() part[wire.Settings] {
	return part[wire.Settings]{
		Office: o, admin: o.Logins.AdminAtService, most: route.MaxBody,
		rev:    func(body wire.Settings) string { return body.Rev },
		encode: encodeSettings, change: changeSettings,
		accept: func(ctx context.Context, now, next clinic.Clinic, body wire.Settings) error {
			return o.accepted(ctx, now, next, body.Affected)
		},
	}
}

func encodeSettings(c clinic.Clinic, service int) (wire.Settings, error) {
	s := c.Services[service]
	return wire.Settings{
		Rev: c.Rev, Name: s.Name, Unit: s.Unit, MaxParty: s.MaxParty, WebCancel: s.WebCancel, FirstVisit: cmp.Or(s.First, clinic.FirstByWeb), ComeAt: s.ComeAt,
		Hide: append([]string{}, s.Hide...), Absence: wire.Absence(s.Absence), Numbers: wire.Numbers(s.Numbers),
		Capacity: wire.Capacity(s.Capacity), Booking: wire.Booking{Days: s.Booking.Days, Numbers: cmp.Or(s.Booking.Numbers, clinic.NumbersNow), OpensAt: string(s.Booking.OpensAt)}, CountAbsent: s.CountAbsent, SkipAway: s.SkipAway,
		ExamBack: s.ExamBack, Note: s.Note, Kinds: encodeKinds(s),
		Mode: s.Mode, Slot: encodeSlot(s), Cancel: encodeCancel(s.Cancel), Limits: new(wire.PersonLimits(s.Limits)),
		Form:      &wire.FormFields{First: wire.VisitForm(s.Form.First), Again: wire.VisitForm(s.Form.Again)},
		Reminders: encodeReminders(s.Reminders),
	}, nil
}

func changeSettings(c *clinic.Clinic, service int, body wire.Settings) error {
	svc := &c.Services[service]
	svc.Name, svc.Note, svc.Unit = strings.TrimSpace(body.Name), strings.TrimSpace(body.Note), body.Unit
	svc.MaxParty, svc.WebCancel, svc.First, svc.ComeAt, svc.Hide = body.MaxParty, body.WebCancel, body.FirstVisit, body.ComeAt, append([]string{}, body.Hide...)
	if svc.First == clinic.FirstByWeb { // the usual is not worth a word in the record
		svc.First = ""
	}
	svc.Absence, svc.Numbers, svc.Capacity = clinic.Absence(body.Absence), clinic.Numbers(body.Numbers), clinic.Capacity(body.Capacity)
	svc.Booking = clinic.Booking{Days: body.Booking.Days, Numbers: body.Booking.Numbers, OpensAt: hours.Clock(body.Booking.OpensAt)}
	svc.Kinds = nil
	for _, k := range body.Kinds {
		svc.Kinds = append(svc.Kinds, clinic.Kind{ID: k.ID, Name: strings.TrimSpace(k.Name), Seats: k.Seats})
	}
	svc.CountAbsent, svc.SkipAway, svc.ExamBack = body.CountAbsent, body.SkipAway, body.ExamBack
	changeBooking(svc, body)
	if body.Reminders != nil {
		svc.Reminders = decodeReminders(body.Reminders)
	}
	return problem.Fields(c.Validate(), fmt.Sprintf("services[%d].", service))
}
