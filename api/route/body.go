package route

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"junban/api/problem"
)

// Handler answers one request, or returns why not; it has written nothing of
// the answer when it returns an error.
type Handler func(w http.ResponseWriter, r *http.Request) error

// MaxBody is the longest body that is read by default, in bytes.
const MaxBody = 16 << 10

// Decode reads the body, one JSON object, into v. Keys that v does not know
// are ignored.
func Decode(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := readBody(w, r, MaxBody)
	if err != nil {
		return err
	}
	return Parse(body, v, false)
}

// DecodeOptional is decode for a body that may be left out.
func DecodeOptional(w http.ResponseWriter, r *http.Request, v any) error {
	if r.ContentLength == 0 {
		return nil
	}
	return Decode(w, r, v)
}

// DecodeStrict is [Decode] for a replacement, with its own limit of bytes. An unknown key is
// refused, as its value would be lost.
func DecodeStrict(w http.ResponseWriter, r *http.Request, v any, most int64) error {
	body, err := readBody(w, r, most)
	if err != nil {
		return err
	}
	return Parse(body, v, true)
}

// LimitBodyTime limits the time in which a body may arrive; [readBody] lifts the limit.
// A request without a body gets none, as net/http reads ahead on its connection. A
// deadline that expires there cancels the context of every later request on that
// connection. A test's recorder has no deadlines.
func LimitBodyTime(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(AnswerWithin))
	}
}

// readBody returns the body, which begins as a JSON object does, and lifts the
// limit of [LimitBodyTime].
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err == nil && r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return nil, problem.Refuse("body_too_large", "the body is longer than %d bytes", most)
	}
	if err != nil {
		return nil, problem.Refuse("malformed_body", "the body is incomplete: %v", err)
	}
	if start := bytes.TrimLeft(body, " \t\r\n"); len(start) == 0 {
		return nil, problem.Refuse("malformed_body", "the body is empty; send a JSON object")
	} else if start[0] != '{' {
		return nil, problem.Refuse("malformed_body", "the body is not a JSON object")
	}
	return body, nil
}

// Parse reads one JSON value into v; a strict one knows every key.
func Parse(text []byte, v any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if strict {
		d.DisallowUnknownFields()
	}
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			return problem.Refuse("malformed_body", "at byte %d: unexpected data after the JSON value", d.InputOffset())
		}
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return problem.Refuse("malformed_body", "at byte %d: %v", syntax.Offset, err)
	case errors.As(err, &kind) && kind.Field != "":
		return problem.Refuse("malformed_body", "at byte %d: %s cannot be a %s", kind.Offset, kind.Field, kind.Value)
	default:
		return problem.Refuse("malformed_body", "%v", err)
	}
}

// Encode writes v as the JSON body of an answer.
func Encode(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that left needs no answer
	return nil
}

// maxKey is the longest Idempotency-Key that is taken, in bytes, and minWebKey the
// shortest one that is taken from patients.
const (
	maxKey    = 200
	minWebKey = 16
)

// WebKey is [IdempotencyKey] of a patient's request. A patient has no login to bind
// keys to, and the address of a phone changes between two tries. So the key itself is
// the client's secret. The same key with the same body gets the same ticket again, with
// its token. A short one could be another patient's key too, and is refused.
func WebKey(r *http.Request, needed bool) (string, error) {
	key, err := IdempotencyKey(r, needed)
	if err == nil && key != "" && len(key) < minWebKey {
		return "", problem.Refuse("idempotency_key_malformed", "the Idempotency-Key is shorter than %d characters; send a random one, such as a UUID", minWebKey)
	}
	return key, err
}

// IdempotencyKey returns the request's key, "" when it has none and none is needed.
func IdempotencyKey(r *http.Request, needed bool) (string, error) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		if needed {
			return "", problem.Refuse("idempotency_key_required", "send an Idempotency-Key header, such as a random UUID, and send the same one when you retry")
		}
		return "", nil
	}
	if len(key) > maxKey {
		return "", problem.Refuse("idempotency_key_malformed", "the Idempotency-Key is longer than %d characters", maxKey)
	}
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return "", problem.Refuse("idempotency_key_malformed", "the Idempotency-Key contains characters other than visible ASCII")
		}
	}
	return key, nil
}

// Bearer returns the token of the Authorization header, and whether there is
// such a header at all.
func Bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}
