package books

import (
	"context"
	"mime"
	"net/http"
	"time"
)

const (
	downloadWithin = 10 * time.Minute // for a file of the largest size on a slow line
	chunkWithin    = time.Minute      // for one part of it
)

// download writes a file whose parts come one by one. The first byte sends the header, so
// an error before it is still a problem. Each part has its own time to be written.
type download struct {
	w       http.ResponseWriter
	begin   func(http.Header)
	started bool
}

func (d *download) Write(p []byte) (int, error) {
	if !d.started {
		d.started = true
		d.begin(d.w.Header())
		d.w.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(d.w).SetWriteDeadline(time.Now().Add(chunkWithin))
	return d.w.Write(p)
}

// end ends a download with the error of its source. After the first byte the connection is
// broken, so that no browser takes half a file for a whole one.
func (d *download) end(err error) error {
	if err != nil && d.started {
		panic(http.ErrAbortHandler)
	}
	if err == nil && !d.started {
		_, err = d.Write(nil)
	}
	return of(err)
}

// longer is the context of a download or an import, which may take longer than other
// requests. It ends with the connection's server, not with the limit of one answer.
func longer(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), downloadWithin)
}

// asFile are the headers of a file for people.
func asFile(h http.Header, kind, name string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// csvKind is the media type of a CSV file in an encoding.
func csvKind(encoding string) string {
	if encoding == "cp932" {
		return "text/csv; charset=Shift_JIS"
	}
	return "text/csv; charset=utf-8"
}
