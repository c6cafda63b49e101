package socket

import (
	"syscall"
	"unsafe"
)

// writeNow is write(2) on a socket that does not block. [syscall.Write] informs the
// scheduler each time that the thread may sleep. A write on loopback or to a fast
// network card takes long enough for the scheduler to reassign the processor. That
// happens in nearly every second write of a fan-out. That costs up to a third of a
// delivery. This write cannot sleep, and between two of them the fan-out can be
// preempted as usual.
func writeNow(fd uintptr, b []byte) (int, error) {
	n, _, e := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}
