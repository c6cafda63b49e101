// Package problem is what the API answers when it refuses a request: a problem of
// RFC 9457 with a stable code.
//
// It promises that every error becomes one row of its table, and that the detail of an
// error without a code stays in the log. It knows no request and writes no response.
package problem
