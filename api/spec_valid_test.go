package api

import (
	"bytes"
	"compress/gzip"
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestSpec_OpenAPIIsValid holds openapi.yaml to its standard, and each operation to
// name the logins that it takes: none is `security: []`.
func TestSpec_OpenAPIIsValid(t *testing.T) {
	t.Parallel()
	text, err := specs.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableSchemaPatternValidation()); err != nil {
		t.Error(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Security == nil {
				t.Errorf("%s %s has no security", method, path)
			}
			if op.OperationID == "" || op.Summary == "" || op.Responses.Value("4XX") == nil {
				t.Errorf("%s %s lacks an id, a summary or its problems", method, path)
			}
		}
	}
	if doc.Info.License == nil {
		t.Error("the document has no licence")
	}
	// The check itself: a flow mapping that cuts an unquoted sentence is found.
	cut := bytes.Replace(text, []byte(`description: "The tickets of all services that are booked, waiting, absent, held or lost."`), []byte(`description: The tickets of all services that are booked, waiting, absent, held or lost.`), 1)
	if doc, err = openapi3.NewLoader().LoadFromData(cut); err == nil && doc.Validate(t.Context()) == nil || bytes.Equal(cut, text) {
		t.Error("a sentence that is cut into keys is not found")
	}
}

// TestSpec_AsyncAPIIsValid holds asyncapi.yaml to the JSON schema of its standard.
func TestSpec_AsyncAPIIsValid(t *testing.T) {
	t.Parallel()
	packed, err := os.Open("testdata/asyncapi-3.0.0.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	standard, err := jsonschema.UnmarshalJSON(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("asyncapi.json", standard); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("asyncapi.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := specs.ReadFile("asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) error {
		asJSON, err := yaml.YAMLToJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	if err := check(text); err != nil {
		t.Error(err)
	}
	wrong := bytes.Replace(text, []byte("action: send"), []byte("action: sends"), 1)
	if slices.Equal(wrong, text) || check(wrong) == nil {
		t.Error("an unknown action is not found")
	}
}
