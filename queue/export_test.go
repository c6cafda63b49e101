package queue

import "time"

// AsOf is all that the snapshot shows, as of another moment.
func (s *Snapshot) AsOf(at time.Time) *Snapshot {
	then := *s
	then.At = at
	then.build(s.parts)
	then.parts = nil
	return &then
}
