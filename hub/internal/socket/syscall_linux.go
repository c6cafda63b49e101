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
func writeNow(fd int, b []byte) (int, error) { return callNow(syscall.SYS_WRITE, fd, b) }

// readNow is read(2) on a socket that does not block.
func readNow(fd int, b []byte) (int, error) { return callNow(syscall.SYS_READ, fd, b) }

func callNow(call uintptr, fd int, b []byte) (int, error) {
	n, _, e := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}
