package screen

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/secret"
	"junban/api/view"
	"junban/api/wire"
	"junban/device"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/static"
)

// maxRepeat is how many times a screen speaks a call at most.
const maxRepeat = 3

// secondLanguages are the languages in which a call can be repeated after the page's
// own.
var secondLanguages = []string{"", "en"}

// showScreen is GET /v1/clinics/:clinic/screen, for a paired screen itself. The request
// also shows the clinic that the screen is on.
func (ss *Screens) showScreen(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return device.ErrNoScreen
	}
	token, _ := route.Bearer(r)
	if !ss.Keys.IsScreenToken(token) { // Redis is not asked about what strangers make up
		return device.ErrNoScreen
	}
	sc, err := ss.Devices.Screen(r.Context(), id, secret.Hash(token))
	if err != nil {
		return err
	}
	c, err := ss.Clinics.Record(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.OwnScreen{ClinicName: c.Name, Language: cmp.Or(c.Language, static.Japanese), ScreenSettings: screenSettings(c, sc)})
}

// screenSettings are a screen's settings; a service that is no more is left out.
func screenSettings(c clinic.Clinic, sc device.Screen) wire.ScreenSettings {
	out := wire.ScreenSettings{Name: sc.Name, Services: []string{}, Sound: sc.Sound, Repeat: sc.Repeat, Also: sc.Also}
	for _, id := range sc.Services {
		if _, there := c.Service(id); there {
			out.Services = append(out.Services, clinic.Ref{Clinic: c.ID, Service: id}.String())
		}
	}
	return out
}

// showScreens is GET /v1/clinics/:clinic/screens.
func (ss *Screens) showScreens(w http.ResponseWriter, r *http.Request) error {
	id, _, err := ss.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	v, err := ss.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	all, err := ss.Devices.Screens(r.Context(), id)
	if err != nil {
		return err
	}
	answer := wire.Screens{Screens: make([]wire.Screen, len(all))}
	for i, sc := range all {
		answer.Screens[i] = encodeScreen(v, sc)
	}
	return route.Encode(w, http.StatusOK, answer)
}

func encodeScreen(v view.View, sc device.Screen) wire.Screen {
	browser, system, _ := strings.Cut(sc.Device, "/")
	return wire.Screen{
		ID: secret.ID(sc.TokenHash), ScreenSettings: screenSettings(v.Clinic, sc),
		Browser: browser, System: system, Address: sc.Address, Since: v.At(sc.Since), Seen: v.AtIfAny(sc.Seen),
	}
}

// addScreen is POST /v1/clinics/:clinic/screens. The same code again is answered
// as it was the first time.
func (ss *Screens) addScreen(w http.ResponseWriter, r *http.Request) error {
	id, a, err := ss.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	var body wire.NewScreen
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	v, err := ss.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	sc, err := screenOf(v.Clinic, body.ScreenSettings)
	if err != nil {
		return err
	}
	code, err := pairingCode(body.Code)
	if err != nil {
		return err
	}
	// Codes are few enough to guess at: an attempt counts until it was right.
	if err := ss.Limits.Check(r, limit.ScreenClaims, id); err != nil {
		return err
	}
	p, err := ss.Devices.ClaimPairing(r.Context(), id, code)
	if err != nil {
		return err
	}
	if err := ss.Limits.Refund(r, limit.ScreenClaims, id); err != nil {
		return err
	}
	sc.TokenHash, sc.Device, sc.Address = p.TokenHash, p.Device, p.Address
	return ss.putScreen(w, r, v, http.StatusCreated, sc, a.By)
}

// setScreen is PUT /v1/clinics/:clinic/screens/:screen.
func (ss *Screens) setScreen(w http.ResponseWriter, r *http.Request) error {
	id, a, hash, err := ss.ownScreen(r)
	if err != nil {
		return err
	}
	var body wire.ScreenSettings
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	v, err := ss.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	sc, err := screenOf(v.Clinic, body)
	if err != nil {
		return err
	}
	sc.TokenHash = hash
	return ss.putScreen(w, r, v, http.StatusOK, sc, a.By)
}

func (ss *Screens) putScreen(w http.ResponseWriter, r *http.Request, v view.View, status int, sc device.Screen, by clinic.Actor) error {
	if err := ss.Devices.PutScreen(r.Context(), v.Clinic.ID, sc, by); err != nil {
		return err
	}
	all, err := ss.Devices.Screens(r.Context(), v.Clinic.ID)
	if err != nil {
		return err
	}
	for _, is := range all {
		if is.TokenHash == sc.TokenHash {
			return route.Encode(w, status, encodeScreen(v, is))
		}
	}
	return device.ErrNoScreen // shut out in this moment
}

// dropScreen is DELETE /v1/clinics/:clinic/screens/:screen.
func (ss *Screens) dropScreen(w http.ResponseWriter, r *http.Request) error {
	id, a, hash, err := ss.ownScreen(r)
	if err != nil {
		return err
	}
	if err := ss.Devices.DropScreen(r.Context(), id, hash, a.By); err != nil {
		return err
	}
	ss.forget(hash)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// ownScreen finds the screen of the path's clinic that an admin changes.
func (ss *Screens) ownScreen(r *http.Request) (id clinic.ID, a queue.Act, hash string, err error) {
	if id, a, err = ss.Logins.AdminAtClinic(r); err != nil {
		return id, a, "", err
	}
	all, err := ss.Devices.Screens(r.Context(), id)
	if err != nil {
		return id, a, "", err
	}
	for _, sc := range all {
		if secret.ID(sc.TokenHash) == r.PathValue("screen") {
			return id, a, sc.TokenHash, nil
		}
	}
	return id, a, "", device.ErrNoScreen
}

// screenOf checks what an admin sets of a screen.
func screenOf(c clinic.Clinic, in wire.ScreenSettings) (sc device.Screen, err error) {
	if sc.Name, err = route.Text("name", in.Name, route.MaxName, false); err != nil {
		return sc, err
	}
	if sc.Name == "" {
		return sc, problem.Invalid("name", rule.Missing)
	}
	for i, name := range in.Services {
		ref, err := clinic.ParseRef(name)
		if _, there := c.Service(ref.Service); err != nil || ref.Clinic != c.ID || !there {
			return sc, problem.Invalid(fmt.Sprintf("services[%d]", i), clinic.UnknownService, "value", name)
		}
		if !slices.Contains(sc.Services, ref.Service) {
			sc.Services = append(sc.Services, ref.Service)
		}
	}
	if in.Repeat < 1 || in.Repeat > maxRepeat {
		return sc, problem.Invalid("repeat", rule.Between, "value", in.Repeat, "least", 1, "most", maxRepeat)
	}
	if !slices.Contains(secondLanguages, in.Also) {
		return sc, problem.Invalid("also", rule.NotOneOf, "value", in.Also, "values", secondLanguages)
	}
	sc.Sound, sc.Repeat, sc.Also = in.Sound, in.Repeat, in.Also
	return sc, nil
}
