//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// start gives the test a server with the demo clinic, and a browser without a
// history. It skips the test where one of them is missing.
func start(t *testing.T, flags ...string) (*programtest.Running, context.Context) {
	t.Helper()
	chrome := browser(t)
	return program(t, flags...), chrome
}

// program starts a server with the demo clinic.
func program(t *testing.T, flags ...string) *programtest.Running {
	t.Helper()
	programtest.Needs(t, embedded.Program)
	return programtest.Serve(t, t.TempDir(), demo, flags...)
}

// demo is the environment of a server with the demo clinic.
var demo = []string{"JUNBAN_DEMO_PASSWORD=" + programtest.Password}

// kill ends a server without a warning.
func kill(t *testing.T, s *programtest.Running) {
	t.Helper()
	s.Cmd.Process.Kill()
	s.Wait(t)
}

// startAgain starts a server that was ended, on its data and at its address.
func startAgain(t *testing.T, s *programtest.Running) *programtest.Running {
	t.Helper()
	return programtest.Serve(t, s.Data, demo, "--listen="+strings.TrimPrefix(s.URL, "http://"))
}

// openDesk opens a tab of the demo clinic's desk, and logs in.
func openDesk(t *testing.T, chrome context.Context, name string, s *programtest.Running, width, height int64) *page {
	t.Helper()
	desk := open(t, chrome, name, s.URL+"/staff", width, height)
	desk.logIn("1234", "demo", programtest.Password)
	return desk
}

// logIn fills in the form of the login.
func (p *page) logIn(clinic, user, password string) {
	p.t.Helper()
	p.fill("input[name=clinic]", clinic)
	p.fill("input[name=user]", user)
	p.fill("input[name=password]", password)
	p.picture("login")
	p.click(".login button[type=submit]")
}

// inEnglish opens a view of the staff page in English, wide and on a narrow phone,
// where it must fit.
func inEnglish(t *testing.T, chrome context.Context, s *programtest.Running, view string, look func(p *page)) {
	t.Helper()
	for name, size := range map[string][2]int64{"en": {1280, 1000}, "narrow": {320, 640}} {
		p := open(t, chrome, view+"-"+name, s.URL+"/staff?lang=en", size[0], size[1])
		p.click("[data-view=" + view + "]")
		look(p)
		p.fits()
		p.picture(view)
	}
}

// deskOf logs a desk in.
func deskOf(t *testing.T, s *programtest.Running, clinic, user string) *programtest.Client {
	t.Helper()
	desk := s.Client()
	desk.LogIn(t, clinic, user)
	return desk
}

// imported puts a clinic where it is noon into the running program and logs its desk in.
func imported(t *testing.T, s *programtest.Running, id, services string) *programtest.Client {
	t.Helper()
	return importedIn(t, s, queuetest.Noon(), id, services)
}

// importedIn is imported for a clinic in that time zone.
func importedIn(t *testing.T, s *programtest.Running, zone, id, services string) *programtest.Client {
	t.Helper()
	clinic := fmt.Sprintf("id: %q\nname: みなと医院\nphone: 03-0000-1234\nzone: %s\nservices:\n%s"+
		"rooms:\n  - {id: 1, name: 第1診察室, services: [1, 2]}\n  - {id: 2, name: 第2診察室, services: [1, 2]}\n", id, zone, services)
	programtest.Must(t, clinic, nil, "--data="+s.Data, "clinic", "import", "-")
	programtest.Must(t, programtest.Password+"\n", nil, "--data="+s.Data, "user", "set", id, "desk")
	return deskOf(t, s, id, "desk")
}

// inOrder turns the second service of the demo clinic to order mode, without a timetable
// of its own, for a test that needs two such services.
func inOrder(t *testing.T, s *programtest.Running) {
	t.Helper()
	desk := deskOf(t, s, "1234", "demo")
	var settings wire.Settings
	desk.Do(t, "GET", "/v1/services/1234-2/settings", nil, nil, &settings)
	settings.Mode, settings.Kinds, settings.Booking = "order", []wire.Kind{}, wire.Booking{}
	settings.Slot.Minutes, settings.Slot.Web, settings.Slot.Desk = 30, new(4), new(2)
	settings.Slot.Lead, settings.Slot.Reach, settings.Slot.NoShow, settings.Limits = 30, 30, nil, &wire.PersonLimits{}
	if status := desk.Do(t, "PUT", "/v1/services/1234-2/settings", nil, settings, nil); status != http.StatusOK {
		t.Fatalf("order mode: status %d", status)
	}
	var own wire.Timetable
	desk.Do(t, "GET", "/v1/services/1234-2/timetable", nil, nil, &own)
	own.Calendar = json.RawMessage("null")
	if status := desk.Do(t, "PUT", "/v1/services/1234-2/timetable", nil, own, nil); status != http.StatusOK {
		t.Fatalf("no timetable: status %d", status)
	}
}
