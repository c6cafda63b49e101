package public

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"junban/queue/clinic"
)

// showBoard is GET /v1/services/:service/board. Its ETag is of the board's content, not
// of when it was read.
func (p *Public) showBoard(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	now, err := p.Clinics.Board(r.Context(), ref)
	if err != nil {
		return err
	}
	f := now.Frame
	writeUnlessKnown(w, r, append([]byte(f.Epoch+"|"), f.Content...), f.Body)
	return nil
}

// writeUnlessKnown writes a JSON body with an ETag of its content, or 304 where the client
// has it.
func writeUnlessKnown(w http.ResponseWriter, r *http.Request, content, body []byte) {
	sum := sha256.Sum256(content)
	etag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag)
	if noneMatch(r.Header.Values("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json")
	_, _ = w.Write(append(slices.Clip(body), '\n'))
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
