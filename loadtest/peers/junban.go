package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	// repository is the path of the repository from this folder, in which the
	// program runs.
	repository = "../.."
	// redisProcess is the name of junban's child process, whose cost counts as
	// junban's.
	redisProcess = "redis-server"
)

//go:embed clinic.yaml
var clinicFile string

// junbanPeer is junban on a store of its own, with its Redis. A change is a new
// message on the board, set by the request that the desk's page sends.
func junbanPeer() peer {
	return junbanAt("junban", "junban, with its Redis", false)
}

// junbanTLSPeer is junban that serves TLS itself.
func junbanTLSPeer() peer {
	p := junbanAt("junban-tls", "the same, with TLS of its own", true)
	plain := p.command
	p.command = func(folder, listen string) (*exec.Cmd, error) {
		cmd, err := plain(folder, listen)
		if err != nil {
			return nil, err
		}
		certificate, key := certificateFiles(folder)
		cmd.Args = append(cmd.Args, "--tls-cert", certificate, "--tls-key", key)
		return cmd, nil
	}
	return p
}

// junbanAt is a junban that clients reach with TLS, or without.
func junbanAt(name, about string, overTLS bool) peer {
	var login *http.Cookie // of the desk; set by prepare
	return peer{
		name: name, about: about, tls: overTLS, watch: "/v1/watch?topic=service:2001-1", protocol: "junban.v1",
		missing: func() string {
			if _, err := exec.LookPath(redisProcess); err != nil {
				return "redis-server (Debian: redis-server)"
			}
			return ""
		},
		prepare: func(ctx context.Context, folder string) (err error) {
			if err := buildJunban(ctx, folder); err != nil {
				return err
			}
			if login, err = prepareStore(ctx, folder); err == nil && overTLS {
				login.Name = "__Host-" + login.Name
				err = writeCertificate(folder)
			}
			return err
		},
		command: func(folder, listen string) (*exec.Cmd, error) {
			data, err := os.MkdirTemp(folder, "round")
			if err != nil {
				return nil, err
			}
			return junbanCommand(folder, data, listen), os.CopyFS(data, os.DirFS(filepath.Join(folder, "store")))
		},
		request: func(base string, change int, _ []byte) (*http.Request, error) {
			body, err := json.Marshal(map[string]any{"text": changeText(change), "until": nil})
			if err != nil {
				return nil, err
			}
			r, err := jsonRequest(http.MethodPut, base+"/v1/services/2001-1/message", body)
			if err != nil {
				return nil, err
			}
			r.AddCookie(login)
			return r, nil
		},
	}
}

// buildJunban builds the program into the folder.
func buildJunban(ctx context.Context, folder string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(folder, "junban"), "./cmd/junban")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building junban: %w: %s", err, out)
	}
	return nil
}

func junbanCommand(folder, data, listen string) *exec.Cmd {
	return exec.Command(filepath.Join(folder, "junban"), "--listen", listen, "--ops-listen", "127.0.0.1:0", "--data", data, "--drain", "0s", "--log-level", "warn")
}

// prepareStore creates the store with which every round begins, and returns a
// login in it. A login in the rounds would add the 20 MB of the password's hash.
func prepareStore(ctx context.Context, folder string) (*http.Cookie, error) {
	store, password := filepath.Join(folder, "store"), rand.Text()
	for _, args := range [][]string{{"clinic", "import", "-"}, {"user", "set", "2001", "desk"}} {
		cmd := exec.CommandContext(ctx, filepath.Join(folder, "junban"), append([]string{"--data", store}, args...)...)
		cmd.Stdin = strings.NewReader(clinicFile)
		cmd.Env = append(os.Environ(), "JUNBAN_PASSWORD="+password)
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("junban %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	server, err := startServer(ctx, junbanCommand(folder, store, listen), folder, listen, -1)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	return signIn(ctx, "http://"+listen, password)
}

func signIn(ctx context.Context, base, password string) (*http.Cookie, error) {
	body, err := json.Marshal(map[string]string{"clinic": "2001", "user": "desk", "password": password})
	if err != nil {
		return nil, err
	}
	r, err := jsonRequest(http.MethodPost, base+"/v1/login", body)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	cookies := resp.Cookies()
	if err := checkResponse(r, resp); err != nil {
		return nil, err
	}
	for _, cookie := range cookies {
		if cookie.Name == "junban_session" {
			return cookie, nil
		}
	}
	return nil, errors.New("the response to the login has no cookie")
}
