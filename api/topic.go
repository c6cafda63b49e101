package api

import (
	"strings"

	"junban/api/problem"
	"junban/api/wire"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// The kinds of topics.
const (
	aService = "service" // service:1234-1
	aClinic  = "clinic"  // clinic:1234
	aTicket  = "ticket"  // ticket:1234-1-261121-k3f9a1x2m7qd
	aStaff   = "staff"   // staff:1234
)

// frameTypes says which type of frame a kind of topic gets.
var frameTypes = map[string]string{
	aService: wire.TypeBoard,
	aClinic:  wire.TypeClinic,
	aTicket:  wire.TypeTicket,
	aStaff:   wire.TypeStaff,
}

// topic is what can be watched.
type topic struct {
	name   hub.Topic
	kind   string
	clinic clinic.ID
	ref    clinic.Ref     // of a service or ticket
	ticket queue.TicketID // of a ticket
}

// parseTopic checks the form of a topic; it does not look anything up. An id
// that cannot exist is refused as one that does not.
func parseTopic(s string) (topic, error) {
	kind, id, _ := strings.Cut(s, ":")
	t := topic{name: hub.Topic(s), kind: kind}
	var err error
	switch kind {
	case aService:
		t.ref, err = clinic.ParseRef(id)
		t.clinic = t.ref.Clinic
	case aClinic, aStaff:
		t.clinic, err = clinic.ParseID(id)
	case aTicket:
		if t.ticket, err = queue.ParseTicketID(id); err == nil {
			t.ref = t.ticket.Ref()
			t.clinic = t.ref.Clinic
		}
	default:
		err = problem.Refuse("topic_malformed", "a topic is service:1234-1, clinic:1234, ticket:<id> or staff:1234")
	}
	return t, err
}

func serviceTopic(ref clinic.Ref) topic {
	return topic{name: hub.Topic(aService + ":" + ref.String()), kind: aService, clinic: ref.Clinic, ref: ref}
}

func clinicTopic(c clinic.ID) topic {
	return topic{name: hub.Topic(aClinic + ":" + string(c)), kind: aClinic, clinic: c}
}
