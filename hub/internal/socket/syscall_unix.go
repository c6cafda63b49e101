//go:build unix && !linux

package socket

import "syscall"

// writeNow is write(2) on a socket that does not block.
func writeNow(fd int, b []byte) (int, error) { return syscall.Write(fd, b) }

// readNow is read(2) on a socket that does not block.
func readNow(fd int, b []byte) (int, error) { return syscall.Read(fd, b) }
