package api

import (
	"embed"
	"net/http"

	"junban/api/route"
)

// specs are the contract for outsiders. A test holds them to the routes, to
// package wire and to the table of problems.
//
//go:embed openapi.yaml asyncapi.yaml
var specs embed.FS

func (s *Server) showSpec(name string) route.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "application/yaml")
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, specs, name)
		return nil
	}
}
