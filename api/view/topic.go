package view

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
	AService = "service" // service:1234-1
	AClinic  = "clinic"  // clinic:1234
	ATicket  = "ticket"  // ticket:1234-1-261121-k3f9a1x2m7qd
	AStaff   = "staff"   // staff:1234
)

// frameTypes is the type of frame of each kind of topic.
var frameTypes = map[string]string{
	AService: wire.TypeBoard,
	AClinic:  wire.TypeClinic,
	ATicket:  wire.TypeTicket,
	AStaff:   wire.TypeStaff,
}

// Topic is what can be watched.
type Topic struct {
	Name   hub.Topic
	Kind   string
	Clinic clinic.ID
	Ref    clinic.Ref     // of a service or ticket
	Ticket queue.TicketID // of a ticket
}

// ParseTopic checks the form of a topic; it does not look anything up. An id
// that cannot exist is refused as one that does not.
func ParseTopic(s string) (Topic, error) {
	kind, id, _ := strings.Cut(s, ":")
	t := Topic{Name: hub.Topic(s), Kind: kind}
	var err error
	switch kind {
	case AService:
		t.Ref, err = clinic.ParseRef(id)
		t.Clinic = t.Ref.Clinic
	case AClinic, AStaff:
		t.Clinic, err = clinic.ParseID(id)
	case ATicket:
		if t.Ticket, err = queue.ParseTicketID(id); err == nil {
			t.Ref = t.Ticket.Ref()
			t.Clinic = t.Ref.Clinic
		}
	default:
		err = problem.Refuse("topic_malformed", "a topic is service:1234-1, clinic:1234, ticket:<id> or staff:1234")
	}
	return t, err
}

func ServiceTopic(ref clinic.Ref) Topic {
	return Topic{Name: hub.Topic(AService + ":" + ref.String()), Kind: AService, Clinic: ref.Clinic, Ref: ref}
}

func ClinicTopic(c clinic.ID) Topic {
	return Topic{Name: hub.Topic(AClinic + ":" + string(c)), Kind: AClinic, Clinic: c}
}
