package clinicfile

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"junban/queue/clinic"
)

// maxFileSize is the size limit of a file, in bytes.
const maxFileSize = 1 << 20

// reader collects the errors of a file.
type reader struct {
	name string
	errs []error
}

// Parse returns the clinics of a file, or all its errors joined, each as
// file:line: field: reason.
func Parse(name string, r io.Reader) ([]clinic.Clinic, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(src) > maxFileSize {
		return nil, fmt.Errorf("%s is larger than 1 MiB", name)
	}
	if !utf8.Valid(src) {
		return nil, fmt.Errorf("%s is not UTF-8 text", name)
	}
	f := reader{name: name}
	tokens := lexer.Tokenize(strings.TrimPrefix(string(src), "\ufeff"))
	if line := checkDepth(tokens); line > 0 {
		f.bad(line, "the file is nested too deeply")
		return nil, errors.Join(f.errs...)
	}
	tree, err := parser.Parse(tokens, 0)
	if err != nil {
		f.yamlError(nil, err)
		return nil, errors.Join(f.errs...)
	}
	if line := checkAliases(tree); line > 0 {
		f.bad(line, "the aliases expand to too many nodes")
		return nil, errors.Join(f.errs...)
	}
	var clinics []clinic.Clinic
	first := map[clinic.ID]int{} // line of each clinic
	for _, doc := range tree.Docs {
		for _, node := range f.entries(doc.Body) {
			c, ok := f.read(node)
			if !ok {
				continue
			}
			line := lineOf(nearest(node, "id"))
			if other, twice := first[c.ID]; twice {
				f.bad(line, "id: clinic %s is already defined on line %d", c.ID, other)
			}
			first[c.ID] = line
			clinics = append(clinics, c)
		}
	}
	if len(clinics) == 0 && len(f.errs) == 0 {
		f.bad(1, "the file contains no clinic")
	}
	if len(f.errs) > 0 {
		return nil, errors.Join(f.errs...)
	}
	return clinics, nil
}

// checkDepth returns the first line that is nested deeper than any clinic, or
// 0. The parser needs memory quadratic in the depth. Indentation needs no
// check, because its depth grows only with the square root of the file size.
func checkDepth(tokens token.Tokens) int {
	const limit = 20
	brackets, indicators := 0, 0 // open brackets; consecutive "-", "?", anchors and tags
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			indicators++
		default:
			indicators = 0
		}
		if brackets > limit || indicators > limit {
			return t.Position.Line
		}
	}
	return 0
}

// aliasedLimit is the limit of nodes in a document with its aliases expanded.
const aliasedLimit = 1 << 18

// checkAliases returns the line of the first document with more than
// [aliasedLimit] nodes, or 0. The decoder expands every alias, so a few lines
// of nested aliases could use up all memory.
func checkAliases(file *ast.File) int {
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		values := map[string][]ast.Node{} // by anchor
		ast.Walk(visit(func(n ast.Node) {
			if a, ok := n.(*ast.AnchorNode); ok {
				name := a.Name.GetToken().Value
				values[name] = append(values[name], a.Value)
			}
		}), doc.Body)
		sizes := map[string]int{} // largest size of each anchor's values
		var size func(ast.Node) int
		size = func(node ast.Node) (n int) {
			ast.Walk(visit(func(node ast.Node) {
				n = min(n+1, aliasedLimit+1)
				a, ok := node.(*ast.AliasNode)
				if !ok {
					return
				}
				name := a.Value.GetToken().Value
				if _, counted := sizes[name]; !counted {
					sizes[name] = aliasedLimit + 1 // in case the anchor contains itself
					most := 0
					for _, v := range values[name] {
						most = max(most, size(v))
					}
					sizes[name] = most
				}
				n = min(n+sizes[name], aliasedLimit+1)
			}), node)
			return n
		}
		if size(doc.Body) > aliasedLimit {
			return lineOf(doc.Body)
		}
	}
	return 0
}

// entries returns the clinics of one document: the document itself, or its list
// "clinics".
func (f *reader) entries(body ast.Node) []ast.Node {
	list := find(body, "clinics")
	if list == nil {
		if body == nil || body.Type() == ast.NullType {
			return nil
		}
		return []ast.Node{body}
	}
	if top, ok := body.(*ast.MappingNode); ok {
		for _, v := range top.Values {
			if key := v.Key.GetToken(); key.Value != "clinics" {
				f.bad(key.Position.Line, "%s: unknown field next to clinics", key.Value)
			}
		}
	}
	values, ok := list.(*ast.SequenceNode)
	if !ok {
		f.bad(lineOf(list), "clinics: must be a list")
		return nil
	}
	return values.Values
}

// read decodes and validates one clinic.
func (f *reader) read(node ast.Node) (clinic.Clinic, bool) {
	before := len(f.errs)
	for _, n := range ast.Filter(ast.IntegerType, node) {
		// YAML would read 0123 as octal 83, and clinic numbers may begin with
		// 0.
		if written := n.GetToken().Value; written != fmt.Sprint(n.(*ast.IntegerNode).Value) {
			f.bad(lineOf(n), "%s: write %s in quotes", fieldOf(node, n), written)
		}
	}
	var e clinicEntry
	e.FillDefaults()
	if err := yaml.NodeToValue(node, &e, yaml.Strict()); err != nil {
		f.yamlError(node, err)
	}
	if len(f.errs) > before {
		return clinic.Clinic{}, false
	}
	c := e.record()
	for _, wrong := range c.Validate() {
		f.bad(lineOf(nearest(node, wrong.Path)), "%s", wrong)
	}
	return c, len(f.errs) == before
}

func (f *reader) bad(line int, format string, args ...any) {
	f.errs = append(f.errs, fmt.Errorf("%s:%d: %w", f.name, line, fmt.Errorf(format, args...)))
}

// yamlError reports an error of the decoder, with the field and the expected
// type.
func (f *reader) yamlError(node ast.Node, err error) {
	var found yaml.Error
	if !errors.As(err, &found) || found.GetToken() == nil {
		f.errs = append(f.errs, fmt.Errorf("%s: %w", f.name, err))
		return
	}
	reason, at := found.GetMessage(), found.GetToken()
	var wrongType *yaml.TypeError
	var tooLarge *yaml.OverflowError
	switch {
	case errors.As(err, &wrongType):
		reason = fmt.Sprintf("%q is not %s", at.Value, describe(wrongType.DstType))
	case errors.As(err, &tooLarge):
		reason = fmt.Sprintf("%q is too large", at.Value)
	}
	field := ""
	if node != nil {
		ast.Walk(visit(func(n ast.Node) {
			if n.GetToken() == at {
				field = fieldOf(node, n) + ": "
			}
		}), node)
	}
	f.bad(at.Position.Line, "%s%s", field, reason)
}

func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	default:
		return "text"
	}
}

// find returns the node at a path such as services[1].mode, or nil.
func find(node ast.Node, path string) ast.Node {
	p, err := yaml.PathString("$." + path)
	if err != nil || node == nil {
		return nil
	}
	found, err := p.FilterNode(node)
	if err != nil {
		return nil
	}
	return found
}

// nearest returns the node at a path or, if it is missing, its nearest existing
// parent.
func nearest(node ast.Node, path string) ast.Node {
	for path != "" {
		if found := find(node, path); found != nil {
			return found
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return node
}

// lineOf returns the first line of a node.
func lineOf(n ast.Node) int {
	first := n.GetToken().Position.Line
	ast.Walk(visit(func(n ast.Node) { first = min(first, n.GetToken().Position.Line) }), n)
	return first
}

// fieldOf returns the path of n below root.
func fieldOf(root, n ast.Node) string {
	return strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), root.GetPath()), ".")
}

// visit is an [ast.Visitor] that calls itself with every node.
type visit func(ast.Node)

func (v visit) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}
