package watch

import (
	"context"
	"net/http"
	"slices"

	"junban/api/secret"
	"junban/api/view"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// The desk, screens and owners of tickets have a reserve of every limit of watchers. So
// strangers cannot use it up. A credential proves it. It carries a MAC, so a
// forged one is found without Redis, and is counted as a stranger's.

// How many watches one credential may have, and may begin in a second, with a burst of
// twice that. So one ticket cannot use the reserve up.
const (
	watchesOfTicket = 16 // a family's devices
	watchesOfLogin  = 64 // tabs
	watchesOfScreen = 16
	beginsOfOne     = 5
)

// How many watches one IPv4 address may begin in a second. A hospital's screens, or a
// carrier's patients, return together after a restart.
const beginsOfAddress = 250

// addressPart divides the limits of an address for narrower prefixes. One customer has
// a /64 or a /56, and carriers have many behind one IPv4 address or /48.
var addressPart = map[string]int{"ipv6/64": 5, "ipv6/56": 2}

// claims are the credentials that a request to watch carries.
type claims struct {
	of     map[clinic.ID]hub.Priority // and for which clinic
	counts []hub.Limit                // of each credential
	owned  map[queue.TicketID]secret.Owned
	screen string // hash of its token; "": none

	atScreen clinic.ID // whose screen it is, once that is confirmed
}

// claims finds what the credentials of a request claim, without asking Redis.
func (wt *Watch) claims(r *http.Request, q watchRequest) (c claims) {
	c.of, c.owned = map[clinic.ID]hub.Priority{}, map[queue.TicketID]secret.Owned{}
	claim := func(clinic clinic.ID, p hub.Priority, key string, most int) {
		c.of[clinic] = max(c.of[clinic], p)
		if l := (hub.Limit{Key: key, Max: most, Rate: beginsOfOne}); !slices.Contains(c.counts, l) {
			c.counts = append(c.counts, l)
		}
	}
	for _, t := range q.topics {
		switch t.Kind {
		case view.ATicket:
			if own, ok := wt.Keys.OwnedBy(t.Ticket, q.tokens); ok {
				c.owned[t.Ticket] = own
				claim(t.Clinic, hub.Preferred, "ticket "+string(t.Ticket), watchesOfTicket)
			}
		case view.AStaff:
			if desk, ok := wt.Logins.Claimed(r); ok && desk.Clinic == t.Clinic {
				claim(t.Clinic, hub.Privileged, "login "+desk.Hash, watchesOfLogin)
			}
		}
	}
	// A screen watches one clinic.
	first := q.topics[0].Clinic
	if slices.ContainsFunc(q.topics, func(t view.Topic) bool { return t.Clinic != first }) {
		return c
	}
	if i := slices.IndexFunc(q.tokens, wt.Keys.IsScreenToken); i >= 0 {
		c.screen = secret.Hash(q.tokens[i])
		claim(first, hub.Privileged, "screen "+c.screen, watchesOfScreen)
	}
	return c
}

// priority is the highest that is claimed of any clinic.
func (c claims) priority() (p hub.Priority) {
	for _, of := range c.of {
		p = max(p, of)
	}
	return p
}

// limits are what the credentials are counted under.
func (c claims) limits() []hub.Limit { return slices.Clone(c.counts) }

// confirmScreen notes the clinic whose screen the client is. It drops the claim of a
// removed screen, and any claim while Redis is unavailable. The client is then counted
// as a stranger. A login is confirmed by admit, and a ticket by its token.
func (wt *Watch) confirmScreen(ctx context.Context, c *claims) {
	if c.screen == "" {
		return
	}
	for clinic := range c.of { // a screen watches one clinic
		if wt.Screens.Has(ctx, clinic, c.screen) {
			c.atScreen = clinic
			return
		}
	}
	c.of, c.counts = nil, nil
}

// limitsOfAddress are the limits of a client's address, one for each of its prefixes.
// This machine itself has none.
func (wt *Watch) limitsOfAddress(r *http.Request, p hub.Priority) (limits []hub.Limit) {
	for _, prefix := range wt.Peers.Client(r).Prefixes() {
		part := max(addressPart[prefix.Kind], 1)
		key := "address " + prefix.Text
		limits = append(limits, hub.Limit{Key: key, Max: p.Share(max(wt.WatchersOfHome/part, 1))})
		if p > hub.Ordinary {
			key = "reserve " + key // a rate of its own
		}
		limits = append(limits, hub.Limit{Key: key, Rate: beginsOfAddress / part})
	}
	return limits
}

// limitsOfClinics are the limits of the clinics of the topics.
func (wt *Watch) limitsOfClinics(topics []view.Topic, c claims) (limits []hub.Limit) {
	for _, t := range topics {
		l := hub.Limit{Key: "clinic " + string(t.Clinic), Max: c.of[t.Clinic].Share(wt.WatchersOfClinic)}
		if !slices.Contains(limits, l) {
			limits = append(limits, l)
		}
	}
	return limits
}
