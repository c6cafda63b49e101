package queue

import (
	"crypto/sha256"
	"encoding/base64"

	"junban/internal/redisdb"
	"junban/queue/clinic"
)

// Every key, one function each. All keys of a clinic share the hash tag {clinic}: a
// script finds them on one node of a cluster. <day> is a business date, <s> a service.
//
//	junban:clinics                        set     all clinics' numbers
//	junban:secret                         string  shared by the nodes
//	junban:books                          string  name of the register that the nodes use
//	junban:{c}:clinic                     hash    rev, record
//	junban:{c}:desk                       hash    rev; reception and messages of each service, duty of each room
//	junban:{c}:changes                    stream  changes of the record, with their actors
//	junban:{c}:days                       zset    opened days that are not closed, by their end
//	junban:{c}:kept                       zset    closed days that are not removed, by their end
//	junban:{c}:persons                    hash    <s>:<person> -> ids of their tickets of today and later; expires with the days
//	junban:{c}:figures                    hash    day -> JSON, of each closed day; never removed
//	junban:{c}:act:<h>                    string  result of the act with that key; expires
//	junban:{c}:<day>:meta                 hash    epoch, version, mark; closed; <s>:<count>: issued, seats, numbers, calls
//	junban:{c}:<day>:log                  stream  one entry per change
//	junban:{c}:<day>:tickets              hash    id -> JSON
//	junban:{c}:<day>:patients             hash    id -> JSON, person -> id; expires
//	junban:{c}:<day>:rooms                hash    room -> open ticket
//	junban:{c}:<day>:called, :ended       zset    by version
//	junban:{c}:<day>:cuts                 hash    ticket id -> [Cut]; in no log
//	junban:{c}:<day>:<s>:waiting, :aside  zset    <position>/<id>, all of score 0
//
// Package account has the keys of a clinic's users and logins. Names and phone numbers
// are removed [clinic.PatientDays] days after the day, or as [clinic.Retention] sets.
// All else but the figures is removed [clinic.TicketDays] days after it.

const (
	keyClinics = "junban:clinics" // set of all clinics' numbers
	keySecret  = "junban:secret"  // 32 random bytes shared by the nodes
	keyBooks   = "junban:books"   // name of the register, see [Store.ClaimBooks]
)

// PokeChannel is where every act publishes its [Delta]; lua/prelude/act.lua names it
// too. The name is older: nodes of an earlier version read a snapshot at any message.
const PokeChannel = "junban:poke"

func keyPrefix(c clinic.ID) string  { return redisdb.ClinicKey(c, "") }
func keyClinic(c clinic.ID) string  { return redisdb.ClinicKey(c, "clinic") }
func keyDesk(c clinic.ID) string    { return redisdb.ClinicKey(c, "desk") }
func keyDays(c clinic.ID) string    { return redisdb.ClinicKey(c, "days") }
func keyKept(c clinic.ID) string    { return redisdb.ClinicKey(c, "kept") }
func keyFigures(c clinic.ID) string { return redisdb.ClinicKey(c, "figures") }
func keyPersons(c clinic.ID) string { return redisdb.ClinicKey(c, "persons") }
func keyChanges(c clinic.ID) string { return redisdb.ClinicKey(c, "changes") }

// keyAlive is the key that a node writes to find out whether a master takes writes. In
// a Cluster it is beside each followed clinic's keys.
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

// WaitingKey names the waiting tickets of a service's line, for the scripts of package
// outbox: a zset of <position>/<ticket>, all of score 0.
func WaitingKey(r clinic.Ref, d clinic.Day) string { return keyLine(r, d, "waiting") }

func keyLine(r clinic.Ref, d clinic.Day, what string) string {
	return DayKey(r.Clinic, d, r.Service+":"+what)
}

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
		DayKey(c.ID, d, "called"), DayKey(c.ID, d, "ended"), keyCuts(c.ID, d), DayKey(c.ID, d, toldKey),
	}, lineKeys(c, d)...)
}
