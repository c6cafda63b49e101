// Package api is the HTTP and WebSocket surface: what a stranger, a patient, a
// clinic's desk and an operator can ask of the program.
//
// It promises that every answer is either what wire describes or a problem
// (RFC 9457) with a stable code; that every input of a stranger has a limit;
// that a figure which a clinic hides leaves the program on no transport; that
// a staff answer is given only for the clinic of the session, whether or not
// the thing asked for exists; and that a watch of a warm topic asks Redis for
// nothing.
//
// It never decides anything about the line: it names the act, and package
// queue does it. It never logs, measures or puts into a URL who a patient is,
// and never keeps a state of its own beyond short caches whose ages are
// constants here.
//
// # What an owner may say
//
// With the ticket's token its owner cancels, with the code too, and says that
// the patient is here or out. That moves nothing: who was absent stands in the
// line again when the desk, who sees the patient, says so.
//
// # Why settings are replaced whole, and only as they were read
//
// The desk sends all of a service's settings, or the whole timetable, with the
// rev that it has read. Another rev is refused, so that nobody's change is
// undone unseen, and so is a key that is not known, as its value would be lost.
// What is wrong is said by field. Which services, rooms and accounts there are
// is the operator's to say.
package api
