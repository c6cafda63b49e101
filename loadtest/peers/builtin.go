package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// builtinPeer is a server of this program, which runs in a process of its own.
func builtinPeer(name, about string) peer {
	return peer{
		name: name, about: about, watch: "/watch",
		command: func(_, listen string) (*exec.Cmd, error) {
			self, err := os.Executable()
			return exec.Command(self, "serve", name, listen), err
		},
	}
}

// serve runs a built-in server until ctx is done. The arguments are NAME ADDRESS, and
// what else the server needs.
func serve(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return errors.New("serve: NAME ADDRESS")
	}
	switch args[0] {
	case "nginx-tls":
		return serveProxied(ctx, args[1:])
	case "floor":
		return serveFloor(ctx, args[1])
	case "plain":
		return serveHTTP(ctx, args[1], newPlain())
	case "gorilla":
		return serveHTTP(ctx, args[1], newGorilla())
	}
	return fmt.Errorf("there is no server %q", args[0])
}

// broadcaster sends each published frame to all watchers.
type broadcaster interface {
	watch(http.ResponseWriter, *http.Request)
	publish(frame []byte) error
}

// serveHTTP serves the broadcaster by net/http until ctx is done, then closes all
// connections.
func serveHTTP(ctx context.Context, listen string, b broadcaster) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /watch", b.watch)
	mux.HandleFunc("POST /publish", func(w http.ResponseWriter, r *http.Request) {
		frame, err := io.ReadAll(r.Body)
		if err == nil {
			err = b.publish(frame)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	s := &http.Server{Addr: listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { s.Close() })()
	if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
