package queue

import (
	"crypto/sha256"
	"encoding/base64"

	"junban/internal/redisdb"
	"junban/queue/clinic"
)

// Every key, one function each. All keys of a clinic share the hash tag
// {clinic}, so that a script finds them on one node of a cluster.

const (
	keyClinics = "junban:clinics" // set of all clinics' numbers
	keySecret  = "junban:secret"  // 32 random bytes shared by the nodes
)

// PokeChannel is where every act publishes its clinic and version; lua/prelude/act.lua names it too.
const PokeChannel = "junban:poke"

func keyPrefix(c clinic.ID) string  { return redisdb.ClinicKey(c, "") }
func keyClinic(c clinic.ID) string  { return redisdb.ClinicKey(c, "clinic") }
func keyDesk(c clinic.ID) string    { return redisdb.ClinicKey(c, "desk") }
func keyDays(c clinic.ID) string    { return redisdb.ClinicKey(c, "days") }
func keyKept(c clinic.ID) string    { return redisdb.ClinicKey(c, "kept") }
func keyFigures(c clinic.ID) string { return redisdb.ClinicKey(c, "figures") }
func keyChanges(c clinic.ID) string { return redisdb.ClinicKey(c, "changes") }

// keyAlive is what a node writes to find out whether a master takes writes: in a
// Cluster one key beside each followed clinic's keys.
func keyAlive(c clinic.ID) string {
	if c == "" {
		return "junban:alive"
	}
	return "junban:alive:{" + string(c) + "}"
}

// keyLimit is a token bucket of a limit. It expires once it is full.
func keyLimit(tag, bucket string) string { return "junban:{" + tag + "}:limit:" + bucket }

func keyAct(c clinic.ID, key string) string {
	sum := sha256.Sum256([]byte(key))
	return keyPrefix(c) + "act:" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// DayKey names a key of one day of a clinic.
func DayKey(c clinic.ID, d clinic.Day, what string) string {
	return keyPrefix(c) + string(d) + ":" + what
}

func keyLine(r clinic.Ref, d clinic.Day, what string) string {
	return DayKey(r.Clinic, d, r.Service+":"+what)
}

// keyCuts is what changes of the record took from the sessions of a day's tickets,
// see [Cut]. It goes with the day's other keys.
func keyCuts(c clinic.ID, d clinic.Day) string { return DayKey(c, d, "cuts") }

// lineKeys are the keys of each service's line of one day, in the record's order.
func lineKeys(c clinic.Clinic, d clinic.Day) []string {
	var keys []string
	for _, s := range c.Services {
		r := clinic.Ref{Clinic: c.ID, Service: s.ID}
		keys = append(keys, keyLine(r, d, "waiting"), keyLine(r, d, "aside"))
	}
	return keys
}

// actKeys are the KEYS of every writing script, as lua/prelude/act.lua lists them.
func actKeys(c clinic.Clinic, d clinic.Day, key string) []string {
	return append([]string{
		keyDesk(c.ID), keyAct(c.ID, key),
		DayKey(c.ID, d, "meta"), DayKey(c.ID, d, "log"), DayKey(c.ID, d, "tickets"), DayKey(c.ID, d, "patients"),
		DayKey(c.ID, d, "rooms"), DayKey(c.ID, d, "called"), DayKey(c.ID, d, "ended"), keyDays(c.ID),
	}, lineKeys(c, d)...)
}

// snapshotKeys are the KEYS of lua/snapshot.lua.
func snapshotKeys(c clinic.Clinic, d clinic.Day) []string {
	return append([]string{
		keyDesk(c.ID),
		DayKey(c.ID, d, "meta"), DayKey(c.ID, d, "tickets"), DayKey(c.ID, d, "patients"),
		DayKey(c.ID, d, "called"), DayKey(c.ID, d, "ended"), keyCuts(c.ID, d),
	}, lineKeys(c, d)...)
}
