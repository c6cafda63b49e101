package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"junban/hub"
	"junban/queue"
)

// boardFrame reads the board of a service as its topic has it.
func (s *Server) boardFrame(ctx context.Context, ref queue.Ref) (hub.Frame, *queue.Snapshot, error) {
	snap, v, err := s.snapshot(ctx, ref.Clinic)
	if errors.Is(err, queue.ErrNoClinic) {
		return hub.Frame{}, nil, queue.ErrNoService
	}
	if err != nil {
		return hub.Frame{}, nil, err
	}
	l, ok := snap.Line(ref.Service)
	if !ok {
		return hub.Frame{}, nil, queue.ErrNoService
	}
	f, err := v.frame(snap, serviceTopic(ref), v.board(snap.Day, l, toPublic))
	return f, snap, err
}

// showBoard is GET /v1/services/:service/board. Its ETag is of what the board
// says, not of when it was read.
func (s *Server) showBoard(w http.ResponseWriter, r *http.Request) error {
	ref, err := queue.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	f, _, err := s.boardFrame(r.Context(), ref)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append([]byte(f.Epoch+"|"), f.Content...))
	etag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag)
	if noneMatch(r.Header.Values("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	_, _ = w.Write(append(slices.Clip(f.Body), '\n'))
	return nil
}

// noneMatch reports whether the client has what the ETag names, compared weakly.
func noneMatch(headers []string, etag string) bool {
	for _, entry := range strings.Split(strings.Join(headers, ","), ",") {
		entry = strings.TrimSpace(entry)
		if entry == "*" || strings.TrimPrefix(entry, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}
