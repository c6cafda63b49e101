package hub

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"junban/hub/internal/socket"
)

// inbound is how many bytes a client may send in a minute.
const inbound = 32 << 10

// pong is the answer to a ping of ours.
func pong() []byte { return masked(opPong, "") }

func TestInbound_MoreThanAViewerHasToSayEndsIt(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		for name, c := range map[string][]byte{
			"pongs": pong(),
			"pings": masked(opPing, strings.Repeat("x", 125)),
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, Options{})
				v := h.raw(t, nil, "a")
				go func() {
					for range 2 * inbound / len(c) {
						if _, err := v.Write(c); err != nil {
							return // closed, as it is to be
						}
					}
				}()
				if code := v.goodbye(); code != 1008 {
					t.Errorf("closed with %d", code)
				}
				v.Close()
				wait(t, "the reason", func() bool {
					return h.metric(t, "junban_hub_closed_total", socket.Inbound, webSocket) == 1
				})
			})
		}
	})
}

func TestInbound_CountsAMinuteOnly(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		conn, _ := h.listen(t, "?pulse=1m")
		go io.Copy(io.Discard, conn)
		quarter := []byte(strings.Repeat(string(pong()), inbound/4/len(pong())))
		for range 12 { // three times the limit, in five minutes
			if _, err := conn.Write(quarter); err != nil {
				t.Fatal(err)
			}
			time.Sleep(25 * time.Second)
		}
		synctest.Wait()
		if got := h.metric(t, "junban_hub_connections", webSocket); got != 1 {
			t.Errorf("%v connections left", got)
		}
	})
}

// A viewer's bytes may arrive in any pieces, mixed with other frames than pongs. The
// library has to get every byte of those.
func TestInbound_PongsInPiecesAndAmongOthers(t *testing.T) {
	t.Parallel()
	said := []byte(strings.Repeat(string(pong()), 3))
	said = append(said, masked(opPing, "are you there?")...)
	said = append(said, strings.Repeat(string(pong()), 5)...)
	said = append(said, masked(opPong, "unasked")...)
	said = append(said, masked(opPing, "still?")...)
	said = append(said, masked(opClose, "\x03\xe8")...)
	for size := 1; size <= 20; size++ {
		bubble(t, Options{}, func(t *testing.T, h *clocked) {
			conn, r := h.listen(t, "?topic=a")
			go func() {
				for rest := said; len(rest) > 0; {
					n := min(size, len(rest))
					if _, err := conn.Write(rest[:n]); err != nil {
						t.Errorf("writing: %v", err)
						return
					}
					rest = rest[n:]
				}
			}()
			c := &raw{t, conn, r}
			for _, want := range []string{"are you there?", "still?"} {
				if first, payload, err := c.frame(); first != opPong || string(payload) != want || err != nil {
					t.Fatalf("in pieces of %d: got %#x %q %v, want %q", size, first, payload, err, want)
				}
			}
			if first, payload, err := c.frame(); first != opClose || err != nil {
				t.Fatalf("in pieces of %d: got %#x %q %v", size, first, payload, err)
			}
		})
	}
}

func TestInbound_FragmentsAreAMessage(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		const more = 0x7F // the first byte of a frame, but for FIN
		for name, c := range map[string]struct {
			says []byte
			code int
		}{
			"whole": {append(append(masked(opText&more, "he"), masked(0, "ll")...), masked(0x80, "o")...), 1008},
			"long": {append(masked(opText&more, strings.Repeat("x", 600)),
				masked(0x80, strings.Repeat("x", 600))...), 1009},
			"endless":          {append(masked(opText&more, ""), strings.Repeat(string(masked(0, "")), 20_000)...), 1008},
			"no beginning":     {masked(0x80, "lo"), 1002},
			"two beginnings":   {append(masked(opText&more, "he"), masked(opText, "he")...), 1002},
			"fragmented close": {masked(opClose&more, "\x03\xe8"), 1002},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, Options{})
				v := h.raw(t, nil, "a")
				go v.Write(c.says) // not all of it may be taken
				if code := v.goodbye(); code != c.code {
					t.Errorf("closed with %d, want %d", code, c.code)
				}
			})
		}
		t.Run("with a ping between", func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, Options{})
			v := h.raw(t, nil, "a")
			v.write(append(append(masked(opText&more, "he"), masked(opPing, "?")...), masked(0x80, "llo")...))
			if first, payload, err := v.frame(); first != opPong || string(payload) != "?" || err != nil {
				t.Errorf("got %#x %q %v", first, payload, err)
			}
			if code := v.goodbye(); code != 1008 {
				t.Errorf("closed with %d", code)
			}
		})
	})
}
