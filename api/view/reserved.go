package view

import (
	"junban/api/wire"
	"junban/queue"
	"junban/queue/hours"
)

// Reserved encodes tickets with who they are for, for the desk.
func (v View) Reserved(list []queue.Reserved) []wire.StaffTicket {
	tickets := []wire.StaffTicket{}
	for _, b := range list {
		acts := []string{string(queue.Rebook), string(queue.Amend), string(queue.Cancel)}
		if b.LastAct != "" {
			acts = append(acts, string(queue.Undo))
		}
		service, _ := v.Clinic.Service(b.ID.Ref().Service)
		kind, _ := service.Kind(b.Ticket.Kind)
		tickets = append(tickets, wire.StaffTicket{
			Ticket: v.Ticket(b.Ticket, Unknown, ToDesk), FirstVisit: b.FirstVisit, Kind: kind.Name,
			Channel: b.Channel, Mark: b.Mark, Acts: acts, LastAct: string(b.LastAct), Rev: b.Rev,
		})
		writePatient(&tickets[len(tickets)-1], b.Patient)
		sessions := v.Clinic.SessionsOn(b.ID.Ref().Service, b.ID.Day(), v.Zone)
		v.cut(&tickets[len(tickets)-1], b.Ticket, b.Cut.Affected(b.Ticket, sessions), sessions)
	}
	return tickets
}

// cut writes what a change of the timetable took from a ticket. Sessions are those of
// its service on its day.
func (v View) cut(w *wire.StaffTicket, t queue.Ticket, affected string, sessions []hours.Session) {
	if affected == "" {
		return
	}
	w.Affected = affected
	for _, s := range sessions {
		if s.ID == t.Session {
			w.EndsAt = v.AtIfAny(s.Consult.To)
		}
	}
}
