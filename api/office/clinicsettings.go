package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// maxClinicSettings is in bytes; fifty rooms that serve twenty services each are fewer.
const maxClinicSettings = 64 << 10

// clinicSettings are /v1/clinics/:clinic/settings.
func (o *Office) clinicSettings() part[wire.ClinicSettings] {
	return part[wire.ClinicSettings]{
		Office: o, admin: o.adminAtClinic, most: maxClinicSettings,
		rev:    func(body wire.ClinicSettings) string { return body.Rev },
		encode: encodeClinicSettings, change: changeClinicSettings, accept: o.nobodyShutOut,
	}
}

func encodeClinicSettings(c clinic.Clinic, _ int) (wire.ClinicSettings, error) {
	w := wire.ClinicSettings{
		Rev: c.Rev, Name: c.Name, Address: c.Address, Phone: c.Phone, Hours: c.Hours, Listed: c.Listed, Lookup: c.Lookup, Language: c.Language,
		Area: c.Area, Departments: append([]string{}, c.Departments...), Card: wire.Card(c.Card), Origins: append([]string{}, c.Origins...),
		Retention: wire.Retention(c.Retention), AutoPause: c.AutoPause, Rooms: make([]wire.RoomSettings, len(c.Rooms)),
	}
	w.Notices = encodeNotices(c.Notices)
	if w.AutoPause == nil {
		w.AutoPause = new(clinic.DefaultAutoPause)
	}
	for i, r := range c.Rooms {
		w.Rooms[i] = wire.RoomSettings{ID: r.ID, Name: r.Name, Services: make([]string, len(r.Services))}
		for j, id := range r.Services {
			w.Rooms[i].Services[j] = clinic.Ref{Clinic: c.ID, Service: id}.String()
		}
	}
	return w, nil
}

func changeClinicSettings(c *clinic.Clinic, _ int, body wire.ClinicSettings) (err error) {
	c.Name, c.Address, c.Phone = strings.TrimSpace(body.Name), strings.TrimSpace(body.Address), strings.TrimSpace(body.Phone)
	c.Hours, c.Listed, c.Retention = strings.TrimSpace(body.Hours), body.Listed, clinic.Retention(body.Retention)
	c.Lookup, c.Language = body.Lookup, body.Language
	c.Area, c.Card = strings.TrimSpace(body.Area), clinic.Card(body.Card)
	if body.AutoPause != nil {
		c.AutoPause = body.AutoPause
	}
	if body.Notices != nil {
		c.Notices = decodeNotices(*body.Notices)
	}
	c.Departments = nil
	for _, d := range body.Departments {
		c.Departments = append(c.Departments, strings.TrimSpace(d))
	}
	c.Origins = origins(body.Origins)
	if c.Rooms, err = rooms(c.ID, body.Rooms); err != nil {
		return err
	}
	err = problem.Fields(c.Validate(), "")
	c.Origins = once(c.Origins) // now that the errors have named the entries of the body
	return err
}

// rooms reads the rooms of a clinic.
func rooms(c clinic.ID, in []wire.RoomSettings) ([]clinic.Room, error) {
	all := make([]clinic.Room, len(in))
	for i, r := range in {
		all[i] = clinic.Room{ID: strings.TrimSpace(r.ID), Name: strings.TrimSpace(r.Name), Services: []string{}}
		for j, service := range r.Services {
			ref, err := clinic.ParseRef(service)
			if err != nil || ref.Clinic != c {
				return nil, problem.Invalid(fmt.Sprintf("rooms[%d].services[%d]", i, j), clinic.UnknownService, "value", service)
			}
			if !slices.Contains(all[i].Services, ref.Service) {
				all[i].Services = append(all[i].Services, ref.Service)
			}
		}
	}
	return all, nil
}

// nobodyShutOut refuses a record without a room in which a patient is now.
func (o *Office) nobodyShutOut(ctx context.Context, _, next clinic.Clinic, _ wire.ClinicSettings) error {
	snap, err := o.Line.Snapshot(ctx, next.ID)
	if err != nil {
		return err
	}
	var inside []string
	for _, l := range snap.Lines {
		for _, t := range l.Open {
			was, known := snap.Clinic.Room(t.Room)
			if _, stays := next.Room(t.Room); known && !stays {
				inside = append(inside, fmt.Sprintf("%s: number %d is in it", was.Name, t.Number))
			}
		}
	}
	if len(inside) > 0 {
		return problem.Refuse(queue.ErrRoomNotEmpty.Code(), "%s", strings.Join(inside, "\n"))
	}
	return nil
}

// origins rewrites the sites that an admin typed as browsers write them. Any other text
// stays as it is, and the record refuses it.
func origins(typed []string) (all []string) {
	for _, text := range typed {
		text = strings.TrimSpace(text)
		if written, ok := clinic.Origin(text); ok {
			text = written
		}
		all = append(all, text)
	}
	return all
}

// once returns a list with each of its texts once, in their order.
func once(texts []string) (all []string) {
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
