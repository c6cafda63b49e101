package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// misnamed returns the functions, methods and types of a file whose doc comment begins
// with another word than their name. An article before the name is allowed. Comments of
// tests and fuzz targets may begin with what happens.
func misnamed(files *token.FileSet, file *ast.File) (found []string) {
	check := func(name *ast.Ident, doc *ast.CommentGroup) {
		words := strings.Fields(doc.Text())
		if len(words) > 1 && slices.Contains([]string{"A", "An", "The"}, words[0]) {
			words = words[1:]
		}
		if len(words) > 0 && strings.TrimRight(words[0], ",:") != name.Name {
			found = append(found, files.Position(name.Pos()).String()+": the comment of "+name.Name+" begins with "+words[0])
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if !strings.HasPrefix(d.Name.Name, "Test") && !strings.HasPrefix(d.Name.Name, "Fuzz") {
				check(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && t.Doc != nil {
					check(t.Name, t.Doc)
				} else if ok && !d.Lparen.IsValid() {
					check(t.Name, d.Doc)
				}
			}
		}
	}
	return found
}

// TestDocComments_BeginWithTheName checks functions, methods and types, exported or not.
func TestDocComments_BeginWithTheName(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	sample, err := parser.ParseFile(files, "sample.go", "package p\n\n// b reads.\nfunc a() {}\n\n// The c is one.\ntype c int\n\n// d,\n// of c.\nfunc (c) d() {}\n", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if found := misnamed(files, sample); len(found) != 1 {
		t.Errorf("found %q, want the comment of a", found)
	}
	checked := 0
	eachFile(t, filepath.Join("..", ".."), func(path string) {
		if filepath.Ext(path) != ".go" {
			return
		}
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		for _, found := range misnamed(files, file) {
			t.Error(found)
		}
	})
	if checked < 400 {
		t.Errorf("only %d files were read", checked)
	}
}
