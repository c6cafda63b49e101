package queue

import (
	"crypto/sha256"
	"encoding/base64"
)

// Every key, one function each. All keys of a clinic share the hash tag
// {clinic}, so that a script finds them on one node of a cluster.

const (
	keyClinics = "junban:clinics" // set of all clinics' numbers
	keySecret  = "junban:secret"  // 32 random bytes shared by the nodes
	pokes      = "junban:poke"    // channel; lua/_act.lua names it too
)

func keyPrefix(c ClinicID) string            { return "junban:{" + string(c) + "}:" }
func keyClinic(c ClinicID) string            { return keyPrefix(c) + "clinic" }
func keyDesk(c ClinicID) string              { return keyPrefix(c) + "desk" }
func keyUsers(c ClinicID) string             { return keyPrefix(c) + "users" }
func keySession(c ClinicID, h string) string { return keyPrefix(c) + "session:" + h }
func keyLogin(of string) string              { return "junban:login:" + of }

func keyAct(c ClinicID, key string) string {
	sum := sha256.Sum256([]byte(key))
	return keyPrefix(c) + "act:" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

func keyDay(c ClinicID, d Day, what string) string {
	return keyPrefix(c) + string(d) + ":" + what
}

func keyLine(r Ref, d Day, what string) string {
	return keyDay(r.Clinic, d, r.Service+":"+what)
}

// actKeys are the KEYS of every writing script, as lua/_act.lua lists them.
func actKeys(r Ref, d Day, key string) []string {
	c := r.Clinic
	return []string{
		keyClinic(c), keyDesk(c), keyAct(c, key),
		keyDay(c, d, "meta"), keyDay(c, d, "log"), keyDay(c, d, "tickets"), keyDay(c, d, "patients"),
		keyDay(c, d, "rooms"), keyDay(c, d, "called"), keyDay(c, d, "ended"),
		keyLine(r, d, "counter"), keyLine(r, d, "waiting"), keyLine(r, d, "aside"),
	}
}

// snapshotKeys are the KEYS of lua/snapshot.lua.
func snapshotKeys(c Clinic, d Day) []string {
	keys := []string{
		keyClinic(c.ID), keyDesk(c.ID),
		keyDay(c.ID, d, "meta"), keyDay(c.ID, d, "tickets"), keyDay(c.ID, d, "patients"),
		keyDay(c.ID, d, "called"), keyDay(c.ID, d, "ended"),
	}
	for _, s := range c.Services {
		r := Ref{c.ID, s.ID}
		keys = append(keys, keyLine(r, d, "waiting"), keyLine(r, d, "aside"))
	}
	return keys
}
