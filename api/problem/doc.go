// Package problem is the API's answer to a refused request: a problem of RFC 9457 with
// a stable code.
//
// Every error becomes one row of its table. The detail of an error without a code stays
// in the log. It knows no request and writes no response.
package problem
