package api

import (
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"junban/api/problem"
	"junban/api/wire"
)

// schema is as much of JSON Schema as openapi.yaml uses.
type schema struct {
	Ref        string            `yaml:"$ref"`
	Type       any               `yaml:"type"`
	Enum       []string          `yaml:"enum"`
	Required   []string          `yaml:"required"`
	Properties map[string]schema `yaml:"properties"`
	Items      *schema           `yaml:"items"`
	AllOf      []schema          `yaml:"allOf"`
	OneOf      []schema          `yaml:"oneOf"`
}

type operation struct {
	OperationID string           `yaml:"operationId"`
	Parameters  []any            `yaml:"parameters"`
	Responses   map[string]any   `yaml:"responses"`
	RequestBody map[string]any   `yaml:"requestBody"`
	Security    []map[string]any `yaml:"security"`
	Tags        []string         `yaml:"tags"`
	Summary     string           `yaml:"summary"`
}

type openAPI struct {
	Paths      map[string]map[string]operation `yaml:"paths"`
	Components struct {
		Schemas    map[string]schema `yaml:"schemas"`
		Parameters map[string]any    `yaml:"parameters"`
		Responses  map[string]any    `yaml:"responses"`
	} `yaml:"components"`
}

func readSpec(t *testing.T, name string, v any) []byte {
	t.Helper()
	text, err := specs.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSpec_HasEveryRouteAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var doc openAPI
	readSpec(t, "openapi.yaml", &doc)
	var written, served []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			written = append(written, strings.ToUpper(method)+" "+path)
			for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !strings.Contains(strings.Join(namesOf(doc, op.Parameters), " "), name[1]) {
					t.Errorf("%s %s does not describe {%s}", method, path, name[1])
				}
			}
			if op.OperationID == "" || op.Summary == "" || op.Responses["4XX"] == nil {
				t.Errorf("%s %s lacks an id, a summary or its problems", method, path)
			}
		}
	}
	param := regexp.MustCompile(`:(\w+)`)
	for _, r := range w.api.table() {
		if strings.HasPrefix(r.Pattern, "/v1/") {
			served = append(served, r.Method+" "+param.ReplaceAllString(r.Pattern, "{$1}"))
		}
	}
	slices.Sort(written)
	slices.Sort(served)
	if !slices.Equal(written, served) {
		t.Errorf("openapi.yaml has\n%s\nserved are\n%s", strings.Join(written, "\n"), strings.Join(served, "\n"))
	}
}

// namesOf are the parameters' names, references followed.
func namesOf(doc openAPI, params []any) (names []string) {
	for _, p := range params {
		m, _ := p.(map[string]any)
		if ref, ok := m["$ref"].(string); ok {
			m, _ = doc.Components.Parameters[strings.TrimPrefix(ref, "#/components/parameters/")].(map[string]any)
		}
		name, _ := m["name"].(string)
		names = append(names, name)
	}
	return names
}

func TestSpec_SchemasAreTheWireTypes(t *testing.T) {
	t.Parallel()
	var doc openAPI
	readSpec(t, "openapi.yaml", &doc)
	seen := map[string]bool{}
	for _, root := range []any{
		wire.Frame{}, wire.IssueRequest{}, wire.Issued{}, wire.CallRequest{}, wire.CancelRequest{}, wire.TicketAnswer{}, wire.LookupRequest{},
		wire.LookupAnswer{}, wire.ReceptionRequest{}, wire.MessageRequest{}, wire.ArriveRequest{}, wire.MoveRequest{}, wire.TransferRequest{}, wire.FinishRequest{}, wire.ActRequest{}, wire.Marked{}, wire.MarkedRequest{}, wire.MarkedCancelled{},
		wire.Days{}, wire.Bookings{}, wire.Affected{}, wire.ContactedRequest{}, wire.DutyRequest{}, wire.Settings{}, wire.ClinicSettings{}, wire.Timetable{}, wire.Changes{}, wire.Acts{}, wire.Accuracy{}, wire.LoginRequest{}, wire.Session{}, wire.Users{}, wire.NewUser{}, wire.UserAdded{}, wire.RoleRequest{}, wire.PasswordRequest{}, wire.PasswordSet{},
		wire.OwnPasswordRequest{}, wire.DeskSessions{}, wire.Version{}, wire.Pairing{}, wire.PairingState{}, wire.NewScreen{}, wire.ScreenSettings{}, wire.Screen{}, wire.Screens{}, wire.OwnScreen{}, wire.Directory{}, wire.Problem{},
	} {
		compare(t, doc, reflect.TypeOf(root), seen)
	}
	for name := range doc.Components.Schemas {
		if !seen[name] {
			t.Errorf("schema %s is no wire type that is sent or taken", name)
		}
	}
}

// compare holds the schema of a wire type to its fields, and those of the types
// within.
func compare(t *testing.T, doc openAPI, typ reflect.Type, seen map[string]bool) {
	t.Helper()
	if seen[typ.Name()] {
		return
	}
	seen[typ.Name()] = true
	s, ok := doc.Components.Schemas[typ.Name()]
	if !ok {
		t.Errorf("no schema %s", typ.Name())
		return
	}
	properties, required := maps.Clone(s.Properties), slices.Clone(s.Required)
	for _, part := range s.AllOf {
		if part.Ref == "" {
			properties, required = part.Properties, part.Required
		}
	}
	var fields, needed []string
	for f := range typ.Fields() {
		if f.Anonymous { // said by allOf
			compare(t, doc, f.Type, seen)
			if !slices.ContainsFunc(s.AllOf, func(p schema) bool { return p.Ref == "#/components/schemas/"+f.Type.Name() }) {
				t.Errorf("%s does not include %s", typ.Name(), f.Type.Name())
			}
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields = append(fields, name)
		if !strings.Contains(options, "omit") {
			needed = append(needed, name)
		}
		p, ok := properties[name]
		if !ok {
			continue // said below
		}
		if got, want := kindOf(p), schemaKind(f.Type); got != want {
			t.Errorf("%s.%s is %s in the schema, %s in Go", typ.Name(), name, got, want)
		}
		if inner := elem(f.Type); inner.Kind() == reflect.Struct && inner.PkgPath() == typ.PkgPath() && inner.Name() != "Time" {
			compare(t, doc, inner, seen)
		}
	}
	slices.Sort(fields)
	slices.Sort(needed)
	slices.Sort(required)
	if got := slices.Sorted(maps.Keys(properties)); !slices.Equal(got, fields) {
		t.Errorf("%s: the schema has %v, Go has %v", typ.Name(), got, fields)
	}
	if !slices.Equal(required, needed) {
		t.Errorf("%s: the schema requires %v, Go always writes %v", typ.Name(), required, needed)
	}
}

func elem(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// schemaKind is what a Go type is in JSON.
func schemaKind(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Name() == "Time":
		return "string"
	case t.Kind() == reflect.Map, t.Name() == "RawMessage":
		return "object"
	case t.Kind() == reflect.Slice:
		return "list of " + schemaKind(t.Elem())
	case t.Kind() == reflect.Struct:
		return t.Name()
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Float64:
		return "number"
	}
	return "integer"
}

func kindOf(s schema) string {
	switch kind := s.Type.(type) {
	case string:
		if kind == "array" && s.Items != nil {
			return "list of " + kindOf(*s.Items)
		}
		return kind
	case []any:
		first, _ := kind[0].(string)
		return first
	}
	if len(s.OneOf) > 0 {
		return kindOf(s.OneOf[0])
	}
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}

func TestSpec_ListsEveryProblemAndFrame(t *testing.T) {
	t.Parallel()
	var doc openAPI
	readSpec(t, "openapi.yaml", &doc)
	listed := slices.Sorted(slices.Values(doc.Components.Schemas["Problem"].Properties["code"].Enum))
	if known := slices.Sorted(maps.Keys(problem.Table)); !slices.Equal(listed, known) {
		t.Errorf("openapi.yaml lists\n%v\nknown are\n%v", listed, known)
	}
	for code, r := range problem.Table {
		if http.StatusText(r.Status) == "" || r.Status < 400 || r.Title == "" {
			t.Errorf("problem %s: %+v", code, r)
		}
	}

	frames := slices.Sorted(slices.Values([]string{
		wire.TypeBoard, wire.TypeClinic, wire.TypeTicket, wire.TypeStaff, wire.TypePulse, wire.TypeStale, wire.TypeBye,
	}))
	if got := slices.Sorted(slices.Values(doc.Components.Schemas["Frame"].Properties["type"].Enum)); !slices.Equal(got, frames) {
		t.Errorf("types of frames in openapi.yaml: %v, want %v", got, frames)
	}
	var async struct {
		Channels map[string]struct {
			Address  string         `yaml:"address"`
			Messages map[string]any `yaml:"messages"`
		} `yaml:"channels"`
		Components struct {
			Messages map[string]any `yaml:"messages"`
		} `yaml:"components"`
	}
	readSpec(t, "asyncapi.yaml", &async)
	watch := async.Channels["watch"]
	for where, got := range map[string]map[string]any{"the channel": watch.Messages, "the messages": async.Components.Messages} {
		if got := slices.Sorted(maps.Keys(got)); !slices.Equal(got, frames) {
			t.Errorf("frames of %s in asyncapi.yaml: %v, want %v", where, got, frames)
		}
	}
	if watch.Address != watchPattern {
		t.Errorf("asyncapi.yaml watches at %q", watch.Address)
	}
}

func TestSpec_EveryReferenceLeadsSomewhere(t *testing.T) {
	t.Parallel()
	var doc, async map[string]any
	texts := map[string][]byte{"openapi.yaml": readSpec(t, "openapi.yaml", &doc), "asyncapi.yaml": readSpec(t, "asyncapi.yaml", &async)}
	docs := map[string]map[string]any{"openapi.yaml": doc, "asyncapi.yaml": async}
	for file, text := range texts {
		for _, ref := range regexp.MustCompile(`\$ref: "([^"]*)#/([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			in := docs[file]
			if ref[1] != "" {
				in = docs[strings.TrimPrefix(ref[1], "./")]
			}
			var at any = in
			for step := range strings.SplitSeq(ref[2], "/") {
				m, _ := at.(map[string]any)
				at = m[step]
			}
			if at == nil {
				t.Errorf("%s: nothing at %s", file, ref[0])
			}
		}
	}
}

func TestSpec_IsServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"openapi.yaml", "asyncapi.yaml"} {
		text := readSpec(t, name, &map[string]any{})
		if res := w.do(ask{method: "GET", path: "/v1/" + name}); res.status != 200 || string(res.body) != string(text) || res.header.Get("Content-Type") != "application/yaml" {
			t.Errorf("%s: %d %v", name, res.status, res.header)
		}
	}
}
