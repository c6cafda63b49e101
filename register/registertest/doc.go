// Package registertest fills a register for tests. Its rows are written without the rules
// of the register, so that a test has any state at once.
package registertest
