// Package inbox is the channel of the demo: it keeps the newest notices in memory, for a
// page that shows them.
package inbox
