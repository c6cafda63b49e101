package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// peer is one server that is compared, and how one deals with it.
type peer struct {
	name  string // as --only says it
	about string // as the table says it
	watch string // target of the WebSocket handshake
	// protocol is the Sec-WebSocket-Protocol to ask for; may be empty.
	protocol string
	socketIO bool // its frames are packets of Socket.IO

	// missing says what the machine lacks for it; "" or nil: nothing.
	missing func() string
	// prepare does once, in an empty folder, what must be done before the
	// server can be started; nil: nothing.
	prepare func(ctx context.Context, folder string) error
	// command returns the server's command. The folder is the prepared one.
	command func(folder, listen string) (*exec.Cmd, error)
	// request returns the request that makes a change; nil: the frame as it is
	// to POST /publish. A server whose frames are its own takes the number alone.
	request func(base string, change int, frame []byte) (*http.Request, error)
}

// peers lists all, in the order of their turns. The first is what the others
// are measured against.
func peers() []peer {
	return []peer{floorPeer(), junbanPeer(), plainPeer(), gorillaPeer(), nchanPeer(), wsPeer(), socketIOPeer()}
}

// ourPeer is a server of this program, in a process of its own.
func ourPeer(name, about string) peer {
	return peer{
		name: name, about: about, watch: "/watch",
		command: func(_, listen string) (*exec.Cmd, error) {
			self, err := os.Executable()
			return exec.Command(self, "serve", name, listen), err
		},
	}
}

// serve runs one of our servers until ctx ends: NAME ADDRESS.
func serve(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("serve: NAME ADDRESS")
	}
	switch args[0] {
	case "floor":
		return serveFloor(ctx, args[1])
	case "plain":
		return serveHTTP(ctx, args[1], newPlain())
	case "gorilla":
		return serveHTTP(ctx, args[1], newGorilla())
	}
	return fmt.Errorf("there is no server %q", args[0])
}

// serveHTTP serves until ctx ends, then drops everybody.
func serveHTTP(ctx context.Context, listen string, h http.Handler) error {
	s := &http.Server{Addr: listen, Handler: h, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { s.Close() })()
	if err := s.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// publish returns the request that makes a change.
func (p peer) publish(base string, change int, frame []byte) (*http.Request, error) {
	if p.request != nil {
		return p.request(base, change, frame)
	}
	return jsonRequest(http.MethodPost, base+"/publish", frame)
}

func jsonRequest(method, url string, body []byte) (*http.Request, error) {
	r, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	return r, nil
}
