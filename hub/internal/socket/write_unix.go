//go:build unix && !linux

package socket

import "syscall"

// writeNow is write(2) on a socket that does not block.
func writeNow(fd uintptr, b []byte) (int, error) { return syscall.Write(int(fd), b) }
