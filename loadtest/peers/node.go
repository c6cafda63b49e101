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

// wsPeer uses ws, on which most of Node's WebSocket servers are built, as in its
// example of a broadcast.
func wsPeer() peer { return nodePeer("ws", "Node.js, ws", "/watch", "ws.mjs") }

// socketIOPeer uses Socket.IO. Its clients connect by WebSocket at once.
func socketIOPeer() peer {
	p := nodePeer("socket.io", "Node.js, Socket.IO", "/socket.io/?EIO=4&transport=websocket", "socketio.mjs")
	p.socketIO = true
	return p
}

// nodePeer is a server of the folder node, with the libraries in its lock file.
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

// installNode copies the folder node and installs its libraries.
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
