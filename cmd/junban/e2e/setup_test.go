//go:build unix

package e2e

import (
	"context"
	"fmt"
	"testing"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// start gives the test a server with the demo clinic, and a browser without a
// history. It skips the test where one of them is missing.
func start(t *testing.T, flags ...string) (*programtest.Running, context.Context) {
	t.Helper()
	programtest.Needs(t, embedded.Program)
	chrome := browser(t)
	return programtest.Serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=" + programtest.Password}, flags...), chrome
}

// openDesk opens a tab of the demo clinic's desk, and logs in.
func openDesk(t *testing.T, chrome context.Context, name string, s *programtest.Running, width, height int64) *page {
	t.Helper()
	desk := open(t, chrome, name, s.URL+"/staff", width, height)
	logIn(desk, "1234", "demo")
	return desk
}

// logIn fills in the form of the login.
func logIn(desk *page, clinic, user string) {
	desk.t.Helper()
	desk.fill("input[name=clinic]", clinic)
	desk.fill("input[name=user]", user)
	desk.fill("input[name=password]", programtest.Password)
	desk.picture("login")
	desk.click("button[type=submit]")
}

// deskOf logs a desk in.
func deskOf(t *testing.T, s *programtest.Running, clinic, user string) *programtest.Client {
	t.Helper()
	desk := s.Client()
	desk.LogIn(t, clinic, user)
	return desk
}

// imported puts a clinic into the running program and logs its desk in.
func imported(t *testing.T, s *programtest.Running, id, services string) *programtest.Client {
	t.Helper()
	clinic := fmt.Sprintf("id: %q\nname: みなと医院\nphone: 03-0000-1234\nzone: %s\nservices:\n%s"+
		"rooms:\n  - {id: 1, name: 第1診察室, services: [1, 2]}\n  - {id: 2, name: 第2診察室, services: [1, 2]}\n", id, queuetest.Noon(), services)
	programtest.Must(t, clinic, nil, "--data="+s.Data, "clinic", "import", "-")
	programtest.Must(t, programtest.Password+"\n", nil, "--data="+s.Data, "user", "set", id, "desk")
	return deskOf(t, s, id, "desk")
}
