package queue

import (
	"maps"
	"time"
)

// AsOf is all that the snapshot shows, as of another moment.
func (s *Snapshot) AsOf(at time.Time) *Snapshot {
	then := *s
	then.At = at
	then.build(s.parts)
	then.parts, then.Patients = nil, maps.Clone(s.Patients)
	maps.DeleteFunc(then.Patients, func(id TicketID, _ Patient) bool { return then.entries[id].ticket == nil })
	return &then
}
