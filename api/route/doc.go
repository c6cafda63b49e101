// Package route is common to all routes: how a route is served, a request read, and an
// answer written.
//
// The kind of a route decides about origins, cookies and caching. A handler returns an
// error instead of writing a problem. Every input of a stranger has a limit here.
package route
