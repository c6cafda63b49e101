package simulate

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"junban/api/wire"
)

// problem is an error response.
type problem struct{ wire.Problem }

// Error returns the status and the stable code.
func (p problem) Error() string { return fmt.Sprintf("%d %s", p.Status, p.Code) }

// maxAnswer is the size limit of a response, in bytes.
const maxAnswer = 1 << 20

// ask sends a request with the cookie of the desk's login, if there is one.
func (d *day) ask(ctx context.Context, method, path string, body, into any) error {
	return d.send(ctx, method, path, "", body, into)
}

// askAs sends a request with the token of a ticket.
func (d *day) askAs(ctx context.Context, token, path string, body, into any) error {
	return d.send(ctx, http.MethodPost, path, token, body, into)
}

func (d *day) send(ctx context.Context, method, path, token string, body, into any) error {
	if err := sleep(ctx, time.Until(d.asked.Add(requestInterval))); err != nil {
		return err
	}
	d.asked = time.Now()
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, d.URL+path, content)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost { // not from the seed: an earlier run may have used the same key
		r.Header.Set("Idempotency-Key", rand.Text())
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := d.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		refused := problem{wire.Problem{Status: answer.StatusCode, Code: "not_json"}}
		if json.Unmarshal(got, &refused.Problem) == nil {
			refused.Status = answer.StatusCode
		}
		return refused
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(got, into); err != nil {
		return fmt.Errorf("reading the answer to %s: %w", method, err)
	}
	return nil
}
