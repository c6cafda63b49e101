// Package peer finds where a request comes from: the client's address, its network
// prefixes, and the page's origin.
//
// What a proxy reports is believed of the trusted proxies alone. What a cookie
// authorises needs our own origin.
package peer
