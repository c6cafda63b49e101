// Package peer is where requests come from: the client's address and its network
// prefixes, and the origin of the page that sent them.
//
// What a proxy reports is believed of the trusted proxies alone. What a cookie
// authorises needs our own origin.
package peer
