package main

import (
	"crypto/tls"
	"errors"
	"runtime"
	"time"

	"junban/hub"
)

// handshakesDivided is what prefixShares divide: a half of it is 500 handshakes in a
// second of one IPv4 address, and twice as many at once. That is two for each watch that
// an address may begin: a page and its socket.
const handshakesDivided = 1000

// handshakeWait is how long a handshake waits until it may compute. It is less than the
// time that [newServer] gives the whole.
const handshakeWait = 3 * time.Second

var (
	errHandshakeRate = errors.New("too many TLS handshakes of one network")
	errHandshakes    = errors.New("too many TLS handshakes at once")
)

// tlsHandshakes limits the TLS handshakes of a listener of [hub.BeneathTLS]. A handshake
// costs this node more than the client, which may repeat a recorded ClientHello. So each
// network prefix may begin some in a second. All together compute on half of the
// processors, and the others wait. Clients that are served keep the other half.
//
// A handshake that waits for its client computes nothing, and is in nobody's way. It is
// safe for concurrent use.
type tlsHandshakes struct {
	conns *conns // whose prefixes and counters these are
	rates hub.Rates
	whole int           // what prefixShares divide, a second
	turns chan struct{} // has one element for each handshake that computes
}

func newTLSHandshakes(c *conns, whole, atOnce int) *tlsHandshakes {
	return &tlsHandshakes{conns: c, whole: whole, turns: make(chan struct{}, atOnce)}
}

// handshakesAtOnce is how many handshakes of a node compute at once.
func handshakesAtOnce() int { return max(runtime.GOMAXPROCS(0)/2, 1) }

// limit returns a copy of a configuration whose handshakes are limited.
func (h *tlsHandshakes) limit(c *tls.Config) *tls.Config {
	c = c.Clone()
	certificate := c.GetCertificate
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if err := h.allow(hello); err != nil {
			return nil, err
		}
		return nil, h.begin(hello)
	}
	// Between the two calls, TLS reads again if the client has to send another key.
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if err := h.begin(hello); err != nil {
			return nil, err
		}
		return certificate(hello)
	}
	return c
}

// allow returns an error if a prefix of the client begins handshakes too fast.
func (h *tlsHandshakes) allow(hello *tls.ClientHelloInfo) error {
	var limits []hub.Limit
	for _, s := range h.conns.divide(hello.Conn, h.whole) {
		limits = append(limits, hub.Limit{Key: s.prefix.String(), Rate: s.limit})
	}
	if h.rates.Take(hub.Ordinary, limits...) != nil {
		h.conns.refused.WithLabelValues("handshake_rate").Inc()
		return errHandshakeRate
	}
	return nil
}

// begin waits until the handshake may compute. Its turn ends when TLS answers the client
// or reads from it. The second half of a handshake of TLS 1.2 has no turn: it signs
// nothing.
func (h *tlsHandshakes) begin(hello *tls.ClientHelloInfo) error {
	of := hello.Conn.(hub.Holder) // the listener is of [hub.BeneathTLS]
	if of.Holds() {
		return nil
	}
	late := time.NewTimer(handshakeWait)
	defer late.Stop()
	select {
	case h.turns <- struct{}{}:
		of.Hold(func() { <-h.turns })
		return nil
	case <-late.C:
		h.conns.refused.WithLabelValues("handshakes").Inc()
		return errHandshakes
	case <-hello.Context().Done():
		return hello.Context().Err()
	}
}
