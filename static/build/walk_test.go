package main

import "io/fs"

// walk calls visit for every file of a tree.
func walk(tree fs.FS, visit func(name string, content []byte)) error {
	return fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		visit(name, content)
		return nil
	})
}
