// Package route is what every room of the API has in common: how a route is served,
// how a request is read, and how an answer is written.
//
// The kind of a route decides about origins, cookies and caching. A handler returns an
// error instead of writing a problem. Every input of a stranger has a limit here.
package route
