package screen

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"

	"junban/api/limit"
	"junban/api/peer"
	"junban/api/route"
	"junban/api/secret"
	"junban/api/view"
	"junban/api/wire"
	"junban/device"
	"junban/queue/typed"
)

const (
	pairingLife = 10 * time.Minute
	codeTries   = 8 // codes tried in a row, as another screen may show the same
)

// addPairing is POST /v1/pairings.
func (ss *Screens) addPairing(w http.ResponseWriter, r *http.Request) error {
	if err := ss.Limits.Check(r, limit.ScreenCodes, ""); err != nil {
		return err
	}
	token := ss.Keys.ScreenToken()
	p := device.Pairing{TokenHash: secret.Hash(token), Device: peer.Device(r.UserAgent()), Address: peer.ShortAddress(ss.Peers.Addr(r))}
	for range codeTries {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return fmt.Errorf("make a code: %w", err)
		}
		code := fmt.Sprintf("%06d", n)
		err = ss.Devices.PutPairing(r.Context(), code, p, pairingLife)
		if errors.Is(err, device.ErrPairingTaken) {
			continue
		}
		if err != nil {
			return err
		}
		link := ss.Peers.Origin(r) + "/staff#screen=" + code
		drawn, err := view.QrCode(link)
		if err != nil {
			return err
		}
		return route.Encode(w, http.StatusCreated, wire.Pairing{Code: code, Token: token, Link: link, QRCode: drawn})
	}
	return device.ErrPairingTaken
}

// showPairing is GET /v1/pairings/:code, for the screen that shows it. Other clients
// get the answer for an unknown code.
func (ss *Screens) showPairing(w http.ResponseWriter, r *http.Request) error {
	code, err := pairingCode(r.PathValue("code"))
	if err != nil {
		return err
	}
	if err := ss.Limits.Check(r, limit.ScreenLooks, ""); err != nil {
		return err
	}
	token, _ := route.Bearer(r)
	p, err := ss.Devices.Pairing(r.Context(), code)
	if err != nil {
		return err
	}
	if p.TokenHash != secret.Hash(token) {
		return device.ErrNoPairing
	}
	var answer wire.PairingState
	if p.Clinic != "" {
		// It is the clinic's once it is among its screens, which comes after the claim.
		if _, err := ss.Devices.Screen(r.Context(), p.Clinic, p.TokenHash); err == nil {
			answer.Clinic = string(p.Clinic)
		} else if !errors.Is(err, device.ErrNoScreen) {
			return err
		}
	}
	return route.Encode(w, http.StatusOK, answer)
}

// pairingCode checks a code as people type it.
func pairingCode(text string) (string, error) {
	code := strings.ReplaceAll(typed.Name(text), "-", "")
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return "", device.ErrNoPairing
	}
	return code, nil
}
