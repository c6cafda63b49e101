//go:build !linux

package main

// allowTimerSlack does nothing where the kernel has no such setting.
func allowTimerSlack() {}
