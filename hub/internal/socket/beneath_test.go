package socket

import (
	"errors"
	"io"
	"net"
	"testing"
)

// taken returns a connection beneath TLS that a Conn has taken, and its client.
func taken(t *testing.T) (*Beneath, net.Conn) {
	client, server := net.Pipe()
	t.Cleanup(func() { client.Close() })
	b := &Beneath{Conn: server}
	b.take()
	return b, client
}

// TestBeneath_EndsAConnectionThatTakesNoAnswersOfTLS has TLS seal records that nobody
// takes, as for a client that asks for new keys in a loop and does not read. The
// connection stays open: only the Conn knows when its descriptor is out of use.
func TestBeneath_EndsAConnectionThatTakesNoAnswersOfTLS(t *testing.T) {
	t.Parallel()
	b, client := taken(t)
	record := make([]byte, 27) // with new keys
	sealed := 0
	for ; sealed <= 1<<20; sealed += len(record) {
		if _, err := b.Write(record); err != nil {
			break
		}
	}
	if sealed < recordSize || sealed > maxSealed {
		t.Errorf("%d bytes wait", sealed)
	}
	if _, err := b.Read(record); !errors.Is(err, errBeneath) {
		t.Errorf("a read gives %v", err)
	}
	go b.Conn.Write(record)
	if _, err := io.ReadFull(client, record); err != nil {
		t.Errorf("the connection is closed: %v", err)
	}
}
