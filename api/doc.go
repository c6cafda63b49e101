// Package api is the HTTP and WebSocket surface of the program: it joins the rooms below it
// to one route table, and answers the public listener and the operator's.
//
// It promises that every answer is either what wire describes or a problem (RFC 9457) with
// a stable code; that every input of a public client has a limit; that a figure which a
// clinic hides leaves the program on no transport; that a staff answer is given only for
// the clinic of the login, whether or not the requested thing exists; and that a watch of a
// warm topic asks Redis for nothing.
//
// It decides nothing about a line: it names the act, and package queue does it. It never
// logs, measures or writes into a URL who a patient is. It keeps no state of its own
// beyond short caches, whose ages are constants here.
package api
