// Package lessons keeps in Redis what a clinic's past days have taught, and how
// accurate their forecasts were.
//
// The line reads it with every snapshot, and package learn writes it. So it stands
// below both, and knows no ticket. It owns two keys of a clinic:
//
//	junban:{c}:learned   string  JSON: what is learned, and the sessions that it is from
//	junban:{c}:accuracy  list    JSON of each scored session, the newest first
package lessons
