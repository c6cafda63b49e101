package office

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// maxClinicSettings is in bytes; fifty rooms that serve twenty services each are fewer.
const maxClinicSettings = 64 << 10

// clinicSettings encodes the settings of a clinic.
func clinicSettings(c clinic.Clinic) wire.ClinicSettings {
	w := wire.ClinicSettings{
		Rev: c.Rev, Name: c.Name, Address: c.Address, Phone: c.Phone, Hours: c.Hours, Listed: c.Listed, Lookup: c.Lookup, Language: c.Language,
		Area: c.Area, Departments: append([]string{}, c.Departments...), Card: wire.Card(c.Card), Origins: append([]string{}, c.Origins...),
		Retention: wire.Retention(c.Retention), AutoPause: c.AutoPause, Rooms: make([]wire.RoomSettings, len(c.Rooms)),
	}
	if w.AutoPause == nil {
		w.AutoPause = new(clinic.DefaultAutoPause)
	}
	for i, r := range c.Rooms {
		w.Rooms[i] = wire.RoomSettings{ID: r.ID, Name: r.Name, Services: make([]string, len(r.Services))}
		for j, id := range r.Services {
			w.Rooms[i].Services[j] = clinic.Ref{Clinic: c.ID, Service: id}.String()
		}
	}
	return w
}

// showClinicSettings is GET /v1/clinics/:clinic/settings.
func (o *Office) showClinicSettings(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	c, err := o.Line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, clinicSettings(c))
}

// setClinicSettings is PUT /v1/clinics/:clinic/settings: all of them, over those
// of the named rev.
func (o *Office) setClinicSettings(w http.ResponseWriter, r *http.Request) error {
	id, a, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	var body wire.ClinicSettings
	if err := route.DecodeStrict(w, r, &body, maxClinicSettings); err != nil {
		return err
	}
	if body.Rev == "" {
		return problem.Invalid("rev", rule.Missing)
	}
	c, err := o.Line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	c.Name, c.Address, c.Phone = strings.TrimSpace(body.Name), strings.TrimSpace(body.Address), strings.TrimSpace(body.Phone)
	c.Hours, c.Listed, c.Retention = strings.TrimSpace(body.Hours), body.Listed, clinic.Retention(body.Retention)
	c.Lookup, c.Language = body.Lookup, body.Language
	c.Area, c.Card = strings.TrimSpace(body.Area), clinic.Card(body.Card)
	if body.AutoPause != nil {
		c.AutoPause = body.AutoPause
	}
	c.Departments = nil
	for _, d := range body.Departments {
		c.Departments = append(c.Departments, strings.TrimSpace(d))
	}
	c.Origins = origins(body.Origins)
	if c.Rooms, err = rooms(id, body.Rooms); err != nil {
		return err
	}
	if err := problem.Fields(c.Validate(), ""); err != nil {
		return err
	}
	c.Origins = once(c.Origins) // now that the errors have named the entries of the body
	if err := o.nobodyShutOut(r.Context(), c); err != nil {
		return err
	}
	if c, err = o.putRecord(r.Context(), c, body.Rev, a); err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, clinicSettings(c))
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
func (o *Office) nobodyShutOut(ctx context.Context, c clinic.Clinic) error {
	snap, err := o.Line.Snapshot(ctx, c.ID)
	if err != nil {
		return err
	}
	var inside []string
	for _, l := range snap.Lines {
		for _, t := range l.Open {
			was, known := snap.Clinic.Room(t.Room)
			if _, stays := c.Room(t.Room); known && !stays {
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
