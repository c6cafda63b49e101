package main

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"junban/api/wire"
)

// pushSink is a push service on this machine. It accepts every message, and notes when
// the first for each device came. It is safe for concurrent use.
type pushSink struct {
	server http.Server
	base   string

	mu      sync.Mutex
	got     map[int]time.Time // guarded by mu
	devices int               // guarded by mu
}

// openPushSink listens on a loopback address. The caller closes the sink.
func openPushSink() (*pushSink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &pushSink{base: "http://" + l.Addr().String() + "/device/", got: map[int]time.Time{}}
	s.server.Handler = http.HandlerFunc(s.receive)
	go func() { _ = s.server.Serve(l) }() // ends with close
	return s, nil
}

func (s *pushSink) close() { _ = s.server.Close() }

func (s *pushSink) receive(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxFrameSize))
	device, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/device/"))
	if err != nil || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	if s.got[device].IsZero() {
		s.got[device] = now
	}
	s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
}

// subscribe makes the subscription of a new device.
func (s *pushSink) subscribe() (device int, to wire.PushSubscription, err error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return 0, to, err
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth) // never fails
	s.mu.Lock()
	s.devices++
	device = s.devices
	s.mu.Unlock()
	encode := base64.RawURLEncoding.EncodeToString
	return device, wire.PushSubscription{Endpoint: s.base + strconv.Itoa(device), P256DH: encode(key.PublicKey().Bytes()), Auth: encode(auth)}, nil
}

// wait returns when each of the devices got its first message. After the timeout it
// returns what came, and no error.
func (s *pushSink) wait(ctx context.Context, devices []int, timeout time.Duration) (map[int]time.Time, error) {
	return awaitAll(ctx, timeout, len(devices), func() map[int]time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		got := make(map[int]time.Time, len(devices))
		for _, d := range devices {
			if at := s.got[d]; !at.IsZero() {
				got[d] = at
			}
		}
		return got
	})
}

// awaitAll polls until n entries are there, or until the timeout.
func awaitAll[K comparable](ctx context.Context, timeout time.Duration, n int, look func() map[K]time.Time) (map[K]time.Time, error) {
	for deadline := time.Now().Add(timeout); ; {
		got := look()
		if len(got) >= n || time.Now().After(deadline) {
			return got, nil
		}
		if !sleep(ctx, 20*time.Millisecond) {
			return got, ctx.Err()
		}
	}
}

// rate is how many a second came, from the start to the last.
func rate[K comparable](start time.Time, got map[K]time.Time) (float64, error) {
	if len(got) == 0 {
		return 0, errors.New("no notice has come")
	}
	last := start
	for _, at := range got {
		if at.After(last) {
			last = at
		}
	}
	if last.Equal(start) {
		return 0, fmt.Errorf("%d notices came before the start", len(got))
	}
	return float64(len(got)) / last.Sub(start).Seconds(), nil
}
