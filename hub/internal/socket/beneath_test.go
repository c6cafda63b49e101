package socket

import (
	"io"
	"net"
	"testing"
)

// TestBeneath_EndsAConnectionThatTakesNoAnswersOfTLS has TLS seal records that nobody
// takes, as for a client that asks for new keys in a loop and does not read.
func TestBeneath_EndsAConnectionThatTakesNoAnswersOfTLS(t *testing.T) {
	t.Parallel()
	client, server := net.Pipe()
	defer client.Close()
	b := &Beneath{Conn: server}
	b.take()
	record := make([]byte, 27) // with new keys
	var sealed int
	for ; sealed <= 1<<20; sealed += len(record) {
		if _, err := b.Write(record); err != nil {
			break
		}
	}
	if sealed < recordSize || sealed > maxSealed {
		t.Errorf("%d bytes wait", sealed)
	}
	if _, err := client.Read(record); err != io.EOF {
		t.Errorf("the connection is open: %v", err)
	}
}
