package main

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// timerSlack is how late the kernel may end a sleep. The default is 50 µs.
//
// While a goroutine runs, Go's monitor thread sleeps 20 µs at a time. On a node that
// does a little at a time, these sleeps are a fifth of its processor time.
const timerSlack = time.Millisecond

// allowTimerSlack has the kernel join sleeps of this process, by a second start of it. It
// returns if that is done already, or not possible.
//
// A slack holds for a thread and for those that it starts, and the monitor's is started
// before any code of this package. So the program sets it and replaces itself.
func allowTimerSlack() {
	const set, get = 29, 30 // PR_SET_TIMERSLACK and PR_GET_TIMERSLACK, linux/prctl.h
	slack := func() time.Duration {
		ns, _, _ := syscall.RawSyscall(syscall.SYS_PRCTL, get, 0, 0) // an error is a negative number
		return time.Duration(ns)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if now := slack(); now < 0 || now >= timerSlack {
		return
	}
	path, err := os.Executable()
	if err != nil {
		return
	}
	syscall.RawSyscall(syscall.SYS_PRCTL, set, uintptr(timerSlack), 0)
	if slack() == timerSlack { // else the second start would start a third
		_ = syscall.Exec(path, os.Args, os.Environ())
	}
}
