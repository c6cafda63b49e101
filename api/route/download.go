package route

import (
	"context"
	"mime"
	"net/http"
	"time"
)

// DownloadWithin is the time of a file of the largest size on a slow line.
const DownloadWithin = 10 * time.Minute

const chunkWithin = time.Minute // for one part of it

// Download writes a file whose parts come one by one. The first byte sends the header, so
// an error before it is still a problem. Each part has its own time to be written.
type Download struct {
	W       http.ResponseWriter
	Begin   func(http.Header) // sets the headers of the file
	started bool
}

func (d *Download) Write(p []byte) (int, error) {
	if !d.started {
		d.started = true
		d.Begin(d.W.Header())
		d.W.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(d.W).SetWriteDeadline(time.Now().Add(chunkWithin))
	return d.W.Write(p)
}

// End ends a download with the error of its source. After the first byte the connection is
// broken, so that no browser takes half a file for a whole one.
func (d *Download) End(err error) error {
	if err != nil && d.started {
		panic(http.ErrAbortHandler)
	}
	if err == nil && !d.started {
		_, err = d.Write(nil)
	}
	return err
}

// Longer is the context of a download or an import, which may take longer than other
// requests. It ends with the connection's server, not with the limit of one answer.
func Longer(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), DownloadWithin)
}

// AsFile sets the headers of a file for people.
func AsFile(h http.Header, kind, name string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// CSVKind is the media type of a CSV file in an encoding.
func CSVKind(encoding string) string {
	if encoding == "cp932" {
		return "text/csv; charset=Shift_JIS"
	}
	return "text/csv; charset=utf-8"
}
