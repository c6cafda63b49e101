package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

// peer describes one of the compared servers.
type peer struct {
	name     string // in --only
	about    string // in the table
	watch    string // request target of the WebSocket handshake
	protocol string // Sec-WebSocket-Protocol of the handshake; may be empty
	socketIO bool   // the frames are packets of Socket.IO
	tls      bool   // the server speaks TLS

	// missing returns what the machine lacks to run the server, or an empty
	// string. It may be nil.
	missing func() string
	// prepare prepares the server once, in an empty folder. It may be nil.
	prepare func(ctx context.Context, folder string) error
	// command returns the server's command. The folder is the prepared one.
	command func(folder, listen string) (*exec.Cmd, error)
	// request returns the request that makes a change. If it is nil, the frame is
	// sent by POST /publish. A server with frames of its own uses the number only.
	request func(base string, change int, frame []byte) (*http.Request, error)
}

// peers lists all servers in the order of their turns. Ratios are relative to the
// first.
func peers() []peer {
	return []peer{floorPeer(), junbanPeer(), junbanTLSPeer(), proxiedPeer(), plainPeer(), gorillaPeer(), nchanPeer(), wsPeer(), socketIOPeer()}
}

// prepareFolder creates the server's folder below parent and prepares it.
func (p peer) prepareFolder(ctx context.Context, parent string) error {
	folder := filepath.Join(parent, p.name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if p.prepare == nil {
		return nil
	}
	return p.prepare(ctx, folder)
}

// base returns the URL of the server's root.
func (p peer) base(listen string) string {
	if p.tls {
		return "https://" + listen
	}
	return "http://" + listen
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
