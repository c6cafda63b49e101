package ticket

import (
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/secret"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// reception checks a request for a ticket. The party is bounded by the line, and
// what the desk alone may ask for counts for the desk alone.
func reception(q wire.IssueRequest, channel string) (queue.Request, error) {
	out := queue.Request{Channel: channel, Party: q.PartySize, FirstVisit: q.FirstVisit, Kind: q.Kind}
	if out.Party == 0 {
		out.Party = 1
	}
	if channel == "desk" {
		if q.Number < 0 {
			return queue.Request{}, problem.Invalid("number", rule.Below, "value", q.Number, "least", 1)
		}
		if q.Ahead != nil && *q.Ahead < 0 {
			return queue.Request{}, problem.Invalid("ahead", rule.Below, "value", *q.Ahead, "least", 0)
		}
		out.Number, out.Ahead, out.Reason, out.Override = q.Number, q.Ahead, q.Reason, q.Override
	}
	var err error
	if out.Day, err = route.DayField("day", q.Day); err != nil {
		return queue.Request{}, err
	}
	if out.Session, err = route.Text("session", q.Session, maxSession, false); err != nil {
		return queue.Request{}, err
	}
	if out.Slot, err = route.Text("slot", q.Slot, maxSession, false); err != nil {
		return queue.Request{}, err
	}
	out.Patient, err = patientOf(q.Patient)
	return out, err
}

// ticketOrigin identifies the network of a web request in the line. It is a keyed hash
// of the clinic and the client's widest prefix, an IPv4 address or an IPv6 /48. An
// attacker has a whole /48; a carrier's patients share either. It is "" for this
// machine itself, through which strangers of everywhere come.
func (ts *Tickets) ticketOrigin(r *http.Request, c clinic.ID) string {
	prefixes := ts.Peers.Client(r).Prefixes()
	if len(prefixes) == 0 {
		return ""
	}
	widest := prefixes[len(prefixes)-1]
	return secret.Short(ts.Keys.MAC("origin", string(c), widest.Kind, widest.Text))
}

// maxSession is the longest name of a session, in characters.
const maxSession = 20
