package view

import (
	"iter"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// deskShown is how many of a line's waiting tickets the desk gets, and of its booked ones.
const deskShown = 500

// Staff encodes the desk's state of a clinic.
func (v View) Staff(snap *queue.Snapshot) wire.Staff {
	w := v.staff(snap)
	for i := range snap.Lines {
		for t := range deskTickets(&snap.Lines[i]) {
			w.Services[i].Tickets = append(w.Services[i].Tickets, v.StaffTicket(snap, *t))
		}
	}
	return w
}

// staff encodes the desk's state without the tickets.
func (v View) staff(snap *queue.Snapshot) wire.Staff {
	c := v.Clinic
	w := wire.Staff{Clinic: string(c.ID), Name: c.Name, Rev: snap.Rev, Rooms: []wire.Room{}, Services: []wire.StaffService{}}
	for _, r := range snap.Rooms {
		room := wire.Room{ID: r.ID, Name: r.Name, Services: []string{}, Duty: string(r.Duty.State), Until: v.backAt(snap, r.Duty)}
		for _, id := range r.Services {
			room.Services = append(room.Services, clinic.Ref{Clinic: c.ID, Service: id}.String())
		}
		w.Rooms = append(w.Rooms, room)
	}
	for i := range snap.Lines {
		w.Services = append(w.Services, v.desk(snap, &snap.Lines[i]))
	}
	w.Marks = marks(snap)
	return w
}

func (v View) desk(snap *queue.Snapshot, l *queue.Line) wire.StaffService {
	return wire.StaffService{
		Board:  v.Board(snap, l, ToDesk),
		Manual: string(l.Manual.Reception), ManualTil: v.AtIfAny(l.Manual.Until),
		Seats:  wire.Seats{Web: wire.Seat(l.Seats.Web), Desk: wire.Seat(l.Seats.Desk), First: wire.Seat(l.Seats.First)},
		Hidden: append([]string{}, l.Service.Hide...), Standing: l.Standing, Temporary: v.message(l.Temporary),
		SkipAway: l.Service.SkipAway, Kinds: Kinds(l.Service), BookingDays: l.Service.Booking.Days,
		Slots: deskSlots(l.Slots), Tickets: []wire.StaffTicket{},
	}
}

// place is how many are ahead of a ticket, in the unit that the clinic speaks of and in
// tickets; [Unknown] of one that does not wait.
type place struct{ before, tickets int }

// deskTickets yields the tickets of a line that the desk gets, in their order, with the
// place of each.
func deskTickets(l *queue.Line) iter.Seq2[*queue.Ticket, place] {
	return func(yield func(*queue.Ticket, place) bool) {
		waiting := l.Waiting[:min(len(l.Waiting), deskShown)]
		booked := l.Booked[:min(len(l.Booked), deskShown)]
		for i, group := range [][]queue.Ticket{l.Lost, l.Open, waiting, booked, l.Absent, l.Held, l.Ended} {
			people := 0
			for n := range group {
				at := place{Unknown, Unknown}
				if i == 2 {
					at = place{ahead(l.Service, n, people), n}
					people += group[n].Party
				}
				if !yield(&group[n], at) {
					return
				}
			}
		}
	}
}

// deskTicket is what the desk's JSON of a ticket is made of, beside the record and the
// sessions of the day.
type deskTicket struct {
	Standing
	patient queue.Patient
	twin    queue.TicketID // "": none
	told    queue.Told     // zero: no notice
}

func (v *View) deskTicket(snap *queue.Snapshot, t *queue.Ticket, s Standing) deskTicket {
	d := deskTicket{Standing: s, patient: snap.Patients[t.ID], told: snap.Told[t.ID]}
	if !t.State.Ended() {
		if other, ok := snap.Twin(*t); ok {
			d.twin = other.ID
		}
	}
	return d
}

// StaffTicket is a ticket of a snapshot as the desk sees it.
func (v View) StaffTicket(snap *queue.Snapshot, t queue.Ticket) wire.StaffTicket {
	s, _ := v.StandingOf(snap, t.ID)
	d := v.deskTicket(snap, &t, s)
	return v.staffTicket(snap, &d)
}

func (v View) staffTicket(snap *queue.Snapshot, d *deskTicket) wire.StaffTicket {
	t, p := d.Ticket, d.patient
	home, _ := v.Clinic.Service(t.ID.Ref().Service)
	kind, _ := home.Kind(t.Kind)
	w := wire.StaffTicket{
		Ticket: d.Encode(v, ToDesk), Twin: string(d.twin), FirstVisit: t.FirstVisit, Kind: kind.Name,
		Channel: t.Channel, Mark: t.Mark, Leg: t.Leg, ToEnd: t.ToEnd, Acts: v.acts(t), LastAct: string(t.LastAct), Rev: t.Rev,
	}
	writePatient(&w, p)
	if told := d.told; !told.At.IsZero() {
		w.Notified = &wire.Notified{Kind: told.Kind, Channel: told.Channel, State: told.State, At: v.At(told.At)}
	}
	if l, ok := snap.Line(t.ID.Ref().Service); ok {
		v.cut(&w, t, d.affected, l.Sessions)
	}
	return w
}

// writePatient writes who a ticket is for.
func writePatient(w *wire.StaffTicket, p queue.Patient) {
	w.Name, w.Phone, w.CardNumber = p.Name, p.Phone, p.CardNumber
	w.Kana, w.Birth, w.Sex, w.Mail, w.Symptoms, w.Memo, w.Consent = p.Kana, p.Birth.String(), p.Sex.String(), p.Mail, p.Symptoms, p.Memo, p.Consent
}

// Kinds are what a visit to the service may be for.
func Kinds(s clinic.Service) []wire.Kind {
	all := make([]wire.Kind, len(s.Kinds))
	for i, k := range s.Kinds {
		all[i] = wire.Kind(k)
	}
	return all
}

// arrive is the act of the contract for an arrival: [queue.CheckIn] of a ticket that is
// booked, else only where its patient is.
const arrive = "arrive"

// acts are what the desk may do with a ticket now. Nothing can be sent to
// another line where there is but one.
func (v View) acts(t queue.Ticket) []string {
	acts := t.Acts()
	allowed := make([]string, 0, len(acts))
	for _, kind := range acts {
		if kind == queue.CheckIn {
			kind = arrive
		}
		if kind != queue.Transfer || len(v.Clinic.Services) > 1 {
			allowed = append(allowed, string(kind))
		}
	}
	return allowed
}
