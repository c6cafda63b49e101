package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"junban/api/wire"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// seen is a service's board as it was read for one request.
type seen struct {
	view
	snap  *queue.Snapshot
	line  *queue.Line
	board wire.Board
	frame hub.Frame // the board as its topic has it
}

// look reads the board of a service.
func (s *Server) look(ctx context.Context, ref clinic.Ref) (seen, error) {
	snap, v, err := s.snapshot(ctx, ref.Clinic)
	if errors.Is(err, clinic.ErrNoClinic) {
		return seen{}, clinic.ErrNoService
	}
	if err != nil {
		return seen{}, err
	}
	l, ok := snap.Line(ref.Service)
	if !ok {
		return seen{}, clinic.ErrNoService
	}
	b := v.board(snap, l, toPublic)
	f, err := v.frame(snap, serviceTopic(ref), b)
	return seen{v, snap, l, b, f}, err
}

// showBoard is GET /v1/services/:service/board. Its ETag is of what the board
// says, not of when it was read.
func (s *Server) showBoard(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	now, err := s.look(r.Context(), ref)
	if err != nil {
		return err
	}
	f := now.frame
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
