// Package api is the HTTP and WebSocket surface of the program. It joins the packages
// below it to one route table, and answers the public listener and the operator's.
//
// Every answer is a type of package wire, or a problem (RFC 9457) with a stable code.
// Every input of a public client has a limit. A figure that a clinic hides leaves the
// program on no transport. A staff answer is given only for the clinic of the login,
// whether or not the requested thing exists. A watch of a warm topic asks Redis for
// nothing.
//
// It decides nothing about a line: it names the act, and package queue does it. It never
// logs, measures or writes into a URL who a patient is. It keeps no state of its own
// beyond short caches, whose ages are constants here.
package api
