package api

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"junban/queue/clinic"
	"junban/queue/rule"
)

// notInBodies are the rules of fields that no request has.
var notInBodies = []string{"id", "zone", "services", "services[].id"}

// TestSpec_ListsEveryCodeOfAField compares the codes of openapi.yaml with those of all
// packages.
func TestSpec_ListsEveryCodeOfAField(t *testing.T) {
	t.Parallel()
	if listed, known := enum(readSpec(t), "FieldError", "code"), rule.Values(rule.Codes()...); !slices.Equal(listed, known) {
		t.Errorf("openapi.yaml lists\n%v\nknown are\n%v", listed, known)
	}
}

// TestSpec_HasTheBoundsOfTheRules compares the schemas of the settings with the table of
// rules, in both directions.
func TestSpec_HasTheBoundsOfTheRules(t *testing.T) {
	t.Parallel()
	schemas := readSpec(t).Components.Schemas
	want := map[string]bounds{}
	for _, r := range clinic.Rules() {
		if !slices.Contains(notInBodies, r.Path) && !strings.Contains(r.Path, "calendar.") {
			want[r.Path] = boundsOf(r)
		}
	}
	got := map[string]bounds{}
	walk("", schemas["ClinicSettings"].Value, got)
	walk("services[]", schemas["Settings"].Value, got)
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if r, ok := got[path]; !ok || !r.equal(want[path]) {
			t.Errorf("%s is %+v in openapi.yaml, %+v in the rules", path, r, want[path])
		}
		delete(got, path)
	}
	for path, b := range got {
		if !b.equal(bounds{}) && path != "rooms[].services[]" { // the form of a service's reference
			t.Errorf("%s is %+v in openapi.yaml and has no rule", path, b)
		}
	}
}

// bounds are those of one schema. A least of 0 is the same as none, and "" of an
// enumeration means that it is optional.
type bounds struct {
	least, most int
	values      []string
	pattern     string
}

func (b bounds) equal(o bounds) bool {
	return b.least == o.least && b.most == o.most && b.pattern == o.pattern && slices.Equal(b.values, o.values)
}

func boundsOf(r rule.Rule) bounds {
	if r.Path == "origins[]" {
		return bounds{most: 200} // [clinic.Origin] has it
	}
	return bounds{least: r.Least, most: r.Most, values: r.Values, pattern: r.Pattern}
}

// walk collects the bounds of a schema and of those within.
func walk(path string, s *openapi3.Schema, all map[string]bounds) {
	b := bounds{pattern: s.Pattern}
	b.least = max(int(s.MinLength), int(s.MinItems))
	for _, most := range []*uint64{s.MaxLength, s.MaxItems} {
		if most != nil {
			b.most = int(*most)
		}
	}
	if s.Min != nil {
		b.least = int(*s.Min)
	}
	if s.Max != nil {
		b.most = int(*s.Max)
	}
	for _, v := range s.Enum {
		if text, _ := v.(string); text != "" {
			b.values = append(b.values, text)
		}
	}
	all[path] = b
	if s.Items != nil {
		walk(path+"[]", s.Items.Value, all)
	}
	for name, p := range s.Properties {
		walk(strings.TrimPrefix(path+"."+name, "."), p.Value, all)
	}
}
