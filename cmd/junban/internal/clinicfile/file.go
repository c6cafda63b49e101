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

// clinicFileLimit is the size of the largest file of clinics.
const clinicFileLimit = 1 << 20

// clinicFile reads clinics and remembers where in the file everything stands.
type clinicFile struct {
	name string
	errs []error
}

// Parse reads every clinic of a file, or returns all that is wrong with
// it, each error as file:line: field: reason.
func Parse(name string, r io.Reader) ([]clinic.Clinic, error) {
	src, err := io.ReadAll(io.LimitReader(r, clinicFileLimit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(src) > clinicFileLimit {
		return nil, fmt.Errorf("%s is larger than 1 MiB", name)
	}
	if !utf8.Valid(src) {
		return nil, fmt.Errorf("%s is not UTF-8 text", name)
	}
	f := clinicFile{name: name}
	tokens := lexer.Tokenize(strings.TrimPrefix(string(src), "\ufeff"))
	if line := tooDeep(tokens); line > 0 {
		f.bad(line, "the file is nested too deeply")
		return nil, errors.Join(f.errs...)
	}
	tree, err := parser.Parse(tokens, 0)
	if err != nil {
		f.yamlError(nil, err)
		return nil, errors.Join(f.errs...)
	}
	if line := tooManyAliases(tree); line > 0 {
		f.bad(line, "the aliases expand to too many nodes")
		return nil, errors.Join(f.errs...)
	}
	var clinics []clinic.Clinic
	first := map[clinic.ID]int{} // the line each clinic stands at
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

// tooDeep is the line where the file is nested deeper than any clinic, or 0: the
// parser takes memory by the square of the depth. Nesting by indentation needs
// no limit of its own, it grows with the square root of the file.
func tooDeep(tokens token.Tokens) int {
	const most = 20
	open, row := 0, 0 // brackets, and dashes and the like one behind the other
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			row++
		default:
			row = 0
		}
		if open > most || row > most {
			return t.Position.Line
		}
	}
	return 0
}

// aliasedLimit is how many nodes a document may hold with its aliases written out.
const aliasedLimit = 1 << 18

// tooManyAliases returns the line of a document that holds more nodes than
// [aliasedLimit] with its aliases written out, or 0. The decoder writes out every
// alias: a few lines of nested ones would take all memory (S17).
func tooManyAliases(file *ast.File) int {
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		values := map[string][]ast.Node{} // what each anchor names
		ast.Walk(visit(func(n ast.Node) {
			if a, ok := n.(*ast.AnchorNode); ok {
				name := a.Name.GetToken().Value
				values[name] = append(values[name], a.Value)
			}
		}), doc.Body)
		sizes := map[string]int{} // of each anchor's largest value
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
					sizes[name] = aliasedLimit + 1 // of an anchor that holds itself
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

// entries are the clinics of one document: itself, or the list under clinics.
func (f *clinicFile) entries(body ast.Node) []ast.Node {
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

// read decodes and checks one clinic.
func (f *clinicFile) read(node ast.Node) (clinic.Clinic, bool) {
	before := len(f.errs)
	for _, n := range ast.Filter(ast.IntegerType, node) {
		// 0123 would be read as octal 83, and clinic numbers may begin with 0.
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

func (f *clinicFile) bad(line int, format string, args ...any) {
	f.errs = append(f.errs, fmt.Errorf("%s:%d: %w", f.name, line, fmt.Errorf(format, args...)))
}

// yamlError says in the operator's words what the decoder found.
func (f *clinicFile) yamlError(node ast.Node, err error) {
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
		reason = fmt.Sprintf("%q is not %s", at.Value, wanted(wrongType.DstType))
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

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	default:
		return "text"
	}
}

// find is the node at a path such as services[1].mode below node, or nil.
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

// nearest is the node at a path, or where that part of the file stops: what is
// missing is missing there.
func nearest(node ast.Node, path string) ast.Node {
	for path != "" {
		if found := find(node, path); found != nil {
			return found
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return node
}

// lineOf is the first line of a node.
func lineOf(n ast.Node) int {
	first := n.GetToken().Position.Line
	ast.Walk(visit(func(n ast.Node) { first = min(first, n.GetToken().Position.Line) }), n)
	return first
}

// fieldOf is the path of n below root.
func fieldOf(root, n ast.Node) string {
	return strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), root.GetPath()), ".")
}

// visit calls itself with every node of a tree.
type visit func(ast.Node)

func (v visit) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}
