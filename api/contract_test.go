package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"junban/api/wire"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// document is openapi.yaml, and finds the operation of a request in it.
type document struct {
	*openapi3.T
	routers.Router
}

// spec is read once a process.
var spec = sync.OnceValues(func() (document, error) {
	text, err := specs.ReadFile("openapi.yaml")
	if err != nil {
		return document{}, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return document{}, err
	}
	router, err := legacy.NewRouter(doc)
	// The validator of version 3.0 has all that this document uses. That of 3.1
	// compiles the schema again for every response.
	doc.OpenAPI = "3.0.4"
	doc.Servers = nil // the router reads "/" as a host
	return document{doc, router}, err
})

func readSpec(t testing.TB) document {
	t.Helper()
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// loose in the context of a request is true if the server accepts more than
// openapi.yaml promises.
type loose struct{}

// contract compares every response of the API with openapi.yaml, and every request
// that succeeds.
type contract struct {
	t    testing.TB
	doc  document
	next http.RoundTripper
}

func (c contract) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.next.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, "/v1/") {
		return res, err
	}
	if err := c.check(r, res); err != nil {
		c.t.Errorf("%s %s: %d is not as in openapi.yaml: %v", r.Method, r.URL, res.StatusCode, err)
	}
	return res, nil
}

// checkPointers returns an error when a problem points to what cannot be in the body of
// its request. Examples are a member of a text, or an entry behind the end of a list.
func checkPointers(r *http.Request, response []byte) error {
	var p wire.Problem
	if json.Unmarshal(response, &p) != nil || p.Code == "" || len(p.Errors) == 0 {
		return nil
	}
	sent, err := r.GetBody()
	if err != nil {
		return err
	}
	var body any
	if err := json.NewDecoder(sent).Decode(&body); err != nil {
		return err
	}
	for _, e := range p.Errors {
		at := body
		for step := range strings.SplitSeq(strings.TrimPrefix(e.Pointer, "/"), "/") {
			switch in := at.(type) {
			case nil: // the field is missing, or the object that should have it
			case map[string]any:
				at = in[step]
			case []any:
				i, err := strconv.Atoi(step)
				if err != nil || i < 0 || i >= len(in) {
					return fmt.Errorf("nothing at %s", e.Pointer)
				}
				at = in[i]
			default:
				return fmt.Errorf("nothing at %s", e.Pointer)
			}
		}
	}
	return nil
}

// check reads the body of the response, and puts it back. It leaves a stream
// unread.
func (c contract) check(r *http.Request, res *http.Response) error {
	route, params, err := c.doc.FindRoute(r)
	if err != nil {
		if res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusMethodNotAllowed || r.Method == http.MethodOptions || r.Method == http.MethodHead {
			return nil
		}
		return err
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: hasCredential, IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true,
	}
	asked := r.Clone(r.Context())
	if asked.Header.Get("Content-Type") == "" {
		asked.Header.Set("Content-Type", "application/json")
	}
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route, Options: options}
	if accepted, _ := r.Context().Value(loose{}).(bool); res.StatusCode < 300 && !accepted {
		if r.GetBody != nil {
			if asked.Body, err = r.GetBody(); err != nil {
				return err
			}
		}
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			return err
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: options}
	if kind := res.Header.Get("Content-Type"); res.StatusCode == http.StatusSwitchingProtocols || !strings.Contains(kind, "json") {
		stream := *options
		stream.ExcludeResponseBody = true
		out.Options = &stream
		return openapi3filter.ValidateResponse(r.Context(), out)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := checkPointers(r, body); err != nil {
		return err
	}
	out.SetBodyBytes(body)
	return openapi3filter.ValidateResponse(r.Context(), out)
}

// hasCredential reports that a request lacks the token or the cookie of a security
// scheme. A browser sends the token of a WebSocket as a subprotocol.
func hasCredential(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	r, scheme := in.RequestValidationInput.Request, in.SecurityScheme
	if scheme.Type == "http" && (strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") || strings.Contains(r.Header.Get("Sec-Websocket-Protocol"), ",")) {
		return nil
	}
	for _, cookie := range r.Cookies() {
		if scheme.Type == "apiKey" && strings.TrimPrefix(cookie.Name, "__Host-") == scheme.Name {
			return nil
		}
	}
	return errors.New("no " + in.SecuritySchemeName)
}

// checkFrame compares a frame of a stream with openapi.yaml.
func checkFrame(t testing.TB, text string) {
	t.Helper()
	var frame any
	if err := json.Unmarshal([]byte(text), &frame); err != nil {
		t.Fatal(err)
	}
	if err := readSpec(t).Components.Schemas["Frame"].Value.VisitJSON(frame, openapi3.VisitAsResponse(), openapi3.MultiErrors()); err != nil {
		t.Errorf("%s is not as in openapi.yaml: %v", text, err)
	}
}

func TestContract_FindsWhatIsNotInTheDocument(t *testing.T) {
	t.Parallel()
	const board, issue, problem = "/v1/services/1234-1/board", "/v1/services/1234-1/tickets", `{"type":"x","title":"x","status":404,"code":"not_found","id":"x"}`
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		kind, answer       string
		want               string // "": nothing is wrong
	}{
		"a problem":            {"GET", board, "", 404, "application/problem+json", problem, ""},
		"an unknown route":     {"GET", "/v1/nothing", "", 200, "application/json", "{}", "no matching operation"},
		"an unknown status":    {"GET", board, "", 202, "application/json", "{}", "status is not supported"},
		"another type":         {"GET", board, "", 404, "application/json", problem, "Content-Type"},
		"an unknown code":      {"GET", board, "", 404, "application/problem+json", strings.Replace(problem, "not_found", "lost", 1), "not one of the allowed values"},
		"a missing property":   {"GET", board, "", 200, "application/json", "{}", `property "type" is missing`},
		"a number as a text":   {"GET", board, "", 404, "application/problem+json", strings.Replace(problem, "404", `"404"`, 1), "must be an integer"},
		"no login":             {"GET", "/v1/session", "", 200, "application/json", "{}", "no session"},
		"no key":               {"POST", issue, `{"partySize":1,"firstVisit":true,"patient":{}}`, 201, "application/json", "{}", "Idempotency-Key"},
		"half a request":       {"POST", issue, `{"partySize":1}`, 201, "application/json", "{}", `property "firstVisit" is missing`},
		"half a request fails": {"POST", issue, `{"partySize":1}`, 404, "application/problem+json", problem, ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), tt.method, "http://localhost"+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		res := &http.Response{StatusCode: tt.status, Header: http.Header{"Content-Type": {tt.kind}}, Body: io.NopCloser(strings.NewReader(tt.answer))}
		switch err := (contract{doc: readSpec(t)}).check(r, res); {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}
