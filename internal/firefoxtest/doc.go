// Package firefoxtest drives a real Firefox in tests, by WebDriver BiDi. Firefox alone can
// be connected to a push service of ours (package pushtest), so that a push goes the whole
// way.
package firefoxtest
