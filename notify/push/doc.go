// Package push sends web push: it encrypts (RFC 8291), signs (RFC 8292) and posts (RFC
// 8030). It knows no clinic.
package push
