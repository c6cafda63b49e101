package outbox

import (
	"strings"

	"junban/internal/redisdb"
	"junban/queue"
	"junban/queue/clinic"
)

// Every key, one function each. All but the last share the hash tag {clinic}. <box> is a
// day, or news-<id>.
//
//	junban:{c}:<day>:wants      hash    ticket -> JSON list of wants; expires with the patients
//	junban:{c}:<box>:jobs       hash    job id -> JSON; expires with the day's log, or after [newsKept]
//	junban:{c}:<day>:jobs-of    hash    ticket -> ids of its jobs, with spaces; the same
//	junban:{c}:<day>:planned    string  id of the last entry of the log that was decided on; the same
//	junban:{c}:<day>:told       hash    ticket -> "<ms> <kind> <channel> <state>" of its newest notice; the same
//	junban:{c}:due              zset    <rank>/<box>/<job id> by due ms, or by the end of its lease
//	junban:{c}:due-news         zset    the same of news, so that they hide nothing else
//	junban:{c}:checks           zset    box -> ms when it is to be looked at: a day's log and line, or news whose jobs are to be made
//	junban:{c}:followers        hash    hash of the address -> JSON
//	junban:{c}:follower-counts  hash    channel -> how many
//	junban:{c}:suppressed       hash    <channel>:<hash of the address> -> "<ms> <reason>"
//	junban:{c}:returned         hash    <channel>:<hash of the address> -> notices that came back; expires
//	junban:{c}:spent            hash    2026-12:mail -> notices of that month
//	junban:{c}:news             hash    id -> JSON, <id>:withdrawn -> ms
//	junban:{c}:notify:owner     string  node; expires
//	junban:{c}:proof:<id>       hash    code, address, tries; expires
//	junban:vapid                string  the keys of web push, of all nodes

// NotifyChannel is where a clinic's number is published when its outbox has something
// new for its owner; with a day behind it when that day has new wants.
const NotifyChannel = "junban:notify"

const keyVapid = "junban:vapid"

func keyWants(c clinic.ID, d clinic.Day) string   { return queue.DayKey(c, d, "wants") }
func keyPlanned(c clinic.ID, d clinic.Day) string { return queue.DayKey(c, d, "planned") }
func keyTold(c clinic.ID, box string) string      { return queue.DayKey(c, clinic.Day(box), "told") }
func keyJobs(c clinic.ID, box string) string      { return queue.DayKey(c, clinic.Day(box), "jobs") }
func keyJobsOf(c clinic.ID, box string) string    { return queue.DayKey(c, clinic.Day(box), "jobs-of") }

func keyDue(c clinic.ID) string        { return redisdb.ClinicKey(c, "due") }
func keyDueNews(c clinic.ID) string    { return redisdb.ClinicKey(c, "due-news") }
func keyChecks(c clinic.ID) string     { return redisdb.ClinicKey(c, "checks") }
func keyFollowers(c clinic.ID) string  { return redisdb.ClinicKey(c, "followers") }
func keyFollowing(c clinic.ID) string  { return redisdb.ClinicKey(c, "follower-counts") }
func keySuppressed(c clinic.ID) string { return redisdb.ClinicKey(c, "suppressed") }
func keyReturned(c clinic.ID) string   { return redisdb.ClinicKey(c, "returned") }
func keySpent(c clinic.ID) string      { return redisdb.ClinicKey(c, "spent") }
func keyNews(c clinic.ID) string       { return redisdb.ClinicKey(c, "news") }
func keyOwner(c clinic.ID) string      { return redisdb.ClinicKey(c, "notify:owner") }

func keyProof(c clinic.ID, id string) string { return redisdb.ClinicKey(c, "proof:"+id) }

// newsBox begins the box of news.
const newsBox = "news-"

// NewsBox is the box of the jobs of some news.
func NewsBox(id string) string { return newsBox + id }

func isNews(box string) bool { return strings.HasPrefix(box, newsBox) }

// dueOf returns where a box's jobs are due.
func dueOf(c clinic.ID, box string) string {
	if isNews(box) {
		return keyDueNews(c)
	}
	return keyDue(c)
}
