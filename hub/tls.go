package hub

import (
	"net"

	"junban/hub/internal/socket"
)

// BeneathTLS returns a listener for [net/http.Server.ServeTLS]. Over its connections, a
// WebSocket is written without waiting, as without TLS. Over TLS connections of another
// listener, each write starts a goroutine. Each connection implements [Holder].
func BeneathTLS(l net.Listener) net.Listener { return beneathTLS{l} }

// Holder is a connection beneath TLS. It holds something while TLS computes.
type Holder interface {
	Hold(release func()) // calls release once, before TLS next reads, writes or closes
	Holds() bool         // whether release is still to be called
}

type beneathTLS struct{ net.Listener }

// Accept waits for the next connection.
func (l beneathTLS) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &socket.Beneath{Conn: nc}, nil
}
