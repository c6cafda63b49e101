package hub

import (
	"syscall"
	"unsafe"
)

// writeNow is write(2) on a socket that does not block. [syscall.Write] would
// tell the scheduler each time that the thread may sleep: a write on loopback or
// to a fast card takes long enough for the monitor to take the processor away
// from a fan-out in the middle of nearly every second write and to wake
// another thread for it, which costs up to a third of all it costs to deliver. This
// one cannot sleep, so there is nothing to tell; between two of them the
// fan-out is interrupted like any other code.
func writeNow(fd uintptr, b []byte) (int, error) {
	n, _, e := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}
