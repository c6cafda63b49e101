package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed node/*.mjs node/*.json
var nodeFiles embed.FS

// nodePeer is a server of the folder node, with the libraries that its lock
// file pins.
func nodePeer(name, about, watch, script string) peer {
	return peer{
		name: name, about: about, watch: watch,
		missing: func() string {
			for _, program := range []string{"node", "npm"} {
				if _, err := exec.LookPath(program); err != nil {
					return "Node.js and npm (Debian: nodejs npm)"
				}
			}
			return ""
		},
		prepare: installNode,
		command: func(folder, listen string) (*exec.Cmd, error) {
			program, err := exec.LookPath("node")
			if err != nil {
				return nil, err
			}
			cmd := exec.Command(program, filepath.Join(folder, script), listen)
			cmd.Env = append(os.Environ(), "NODE_ENV=production")
			return cmd, nil
		},
	}
}

func installNode(ctx context.Context, folder string) error {
	files, err := fs.Sub(nodeFiles, "node")
	if err != nil {
		return err
	}
	if err := os.CopyFS(folder, files); err != nil {
		return err
	}
	install := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, out)
	}
	return nil
}
