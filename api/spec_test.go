package api

import (
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"

	"junban/api/problem"
	"junban/api/watch"
	"junban/api/wire"
)

// readYAML reads a document as it is served, and returns its text.
func readYAML(t *testing.T, name string, v any) []byte {
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

// enum returns the values that a property of a schema can have.
func enum(doc document, schema, property string) (values []string) {
	for _, v := range doc.Components.Schemas[schema].Value.Properties[property].Value.Enum {
		values = append(values, v.(string))
	}
	return values
}

func TestSpec_HasEveryRouteAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var written, served []string
	for path, methods := range readSpec(t).Paths.Map() {
		for method := range methods.Operations() {
			written = append(written, method+" "+path)
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

func TestSpec_SchemasAreTheWireTypes(t *testing.T) {
	t.Parallel()
	doc := readSpec(t)
	seen := map[string]bool{}
	for _, root := range []any{
		wire.Frame{}, wire.IssueRequest{}, wire.Issued{}, wire.CallRequest{}, wire.CancelRequest{}, wire.TicketAnswer{}, wire.LookupRequest{},
		wire.LookupAnswer{}, wire.ReceptionRequest{}, wire.MessageRequest{}, wire.ArriveRequest{}, wire.MoveRequest{}, wire.TransferRequest{}, wire.FinishRequest{}, wire.ActRequest{}, wire.Marked{}, wire.MarkedRequest{}, wire.MarkedCancelled{},
		wire.Days{}, wire.DeskDays{}, wire.CloseDateRequest{}, wire.OpenDateRequest{}, wire.DayBookings{}, wire.DateClosed{}, wire.RebookRequest{}, wire.EditRequest{}, wire.LookupCancelRequest{}, wire.LookupCancelled{}, wire.Bookings{}, wire.MissingBookings{}, wire.Affected{}, wire.ContactedRequest{}, wire.DutyRequest{}, wire.Settings{}, wire.WeekSeats{}, wire.ClinicSettings{}, wire.NoticeSettings{}, wire.NoticeLog{}, wire.PreviewRequest{}, wire.NoticePreview{}, wire.NoticeSummary{}, wire.NewsDraft{}, wire.OfficeNews{}, wire.OfficeNewsList{}, wire.Timetable{}, wire.Changes{}, wire.Acts{}, wire.Accuracy{}, wire.LoginRequest{}, wire.Login{}, wire.Users{}, wire.NewUser{}, wire.UserAdded{}, wire.RoleRequest{}, wire.PasswordRequest{}, wire.PasswordSet{},
		wire.OwnPasswordRequest{}, wire.DeskLogins{}, wire.Version{}, wire.Pairing{}, wire.PairingState{}, wire.NewScreen{}, wire.ScreenSettings{}, wire.Screen{}, wire.Screens{}, wire.OwnScreen{}, wire.Directory{}, wire.Problem{},
		wire.MemberSearch{}, wire.Members{}, wire.NewMember{}, wire.MemberChange{}, wire.Candidates{}, wire.MergeRequest{}, wire.Merges{}, wire.BookingSearch{}, wire.BookingRows{}, wire.LinkRequest{},
		wire.Imported{}, wire.EraseRequest{}, wire.Certificates{}, wire.ExportRequest{}, wire.Exports{}, wire.ColumnSet{}, wire.ColumnsRequest{}, wire.Accesses{},
		wire.PushKey{}, wire.Wants{}, wire.WantsRequest{}, wire.ProofRequest{}, wire.Proof{}, wire.ProofCode{}, wire.Proven{}, wire.FollowRequest{}, wire.Following{}, wire.NewsList{}, wire.NoticeText{},
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
func compare(t *testing.T, doc document, typ reflect.Type, seen map[string]bool) {
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
	properties, required := s.Value.Properties, s.Value.Required
	for _, part := range s.Value.AllOf {
		if part.Ref == "" {
			properties, required = part.Value.Properties, part.Value.Required
		}
	}
	required = slices.Sorted(slices.Values(required))
	var fields, needed []string
	for f := range typ.Fields() {
		if f.Anonymous { // said by allOf
			compare(t, doc, f.Type, seen)
			if !slices.ContainsFunc(s.Value.AllOf, func(p *openapi3.SchemaRef) bool { return p.Ref == "#/components/schemas/"+f.Type.Name() }) {
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

func kindOf(s *openapi3.SchemaRef) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, "#/components/schemas/")
	case len(s.Value.OneOf) > 0:
		return kindOf(s.Value.OneOf[0])
	case s.Value.Type.Includes("array"):
		return "list of " + kindOf(s.Value.Items)
	}
	return s.Value.Type.Slice()[0]
}

func TestSpec_ListsEveryProblemAndFrame(t *testing.T) {
	t.Parallel()
	doc := readSpec(t)
	listed := slices.Sorted(slices.Values(enum(doc, "Problem", "code")))
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
	if got := slices.Sorted(slices.Values(enum(doc, "Frame", "type"))); !slices.Equal(got, frames) {
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
	readYAML(t, "asyncapi.yaml", &async)
	channel := async.Channels["watch"]
	for where, got := range map[string]map[string]any{"the channel": channel.Messages, "the messages": async.Components.Messages} {
		if got := slices.Sorted(maps.Keys(got)); !slices.Equal(got, frames) {
			t.Errorf("frames of %s in asyncapi.yaml: %v, want %v", where, got, frames)
		}
	}
	if channel.Address != watch.Pattern {
		t.Errorf("asyncapi.yaml watches at %q", channel.Address)
	}
}

// TestSpec_EveryReferenceOfAsyncAPIHasATarget reads the references that the schema of
// the standard does not follow.
func TestSpec_EveryReferenceOfAsyncAPIHasATarget(t *testing.T) {
	t.Parallel()
	var open, async map[string]any
	readYAML(t, "openapi.yaml", &open)
	text := readYAML(t, "asyncapi.yaml", &async)
	documents := map[string]any{"": async, "./openapi.yaml": open}
	for _, ref := range regexp.MustCompile(`\$ref: "([^"]*)#/([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		at := documents[ref[1]]
		for step := range strings.SplitSeq(ref[2], "/") {
			m, _ := at.(map[string]any)
			at = m[step]
		}
		if at == nil {
			t.Errorf("nothing at %s", ref[0])
		}
	}
}

func TestSpec_IsServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"openapi.yaml", "asyncapi.yaml"} {
		text := readYAML(t, name, &map[string]any{})
		if res := w.do(ask{method: "GET", path: "/v1/" + name}); res.status != 200 || string(res.body) != string(text) || res.header.Get("Content-Type") != "application/yaml" {
			t.Errorf("%s: %d %v", name, res.status, res.header)
		}
	}
}
