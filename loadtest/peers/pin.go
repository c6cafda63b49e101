package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// cores returns the first two cores that this process may use, for the server and
// for the client.
func cores() (server, client int, err error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return 0, 0, fmt.Errorf("reading the cores of this process: %w", err)
	}
	var found []int
	for cpu := 0; cpu < 64*len(set) && len(found) < 2; cpu++ {
		if set.IsSet(cpu) {
			found = append(found, cpu)
		}
	}
	if len(found) < 2 {
		return 0, 0, errors.New("pinning needs two cores; --pin=false turns it off")
	}
	return found[0], found[1], nil
}

// pinSelf pins all threads of this process to one core.
func pinSelf(cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	for range 2 { // a thread started during the first pass may not be pinned
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		for _, thread := range threads {
			id, err := strconv.Atoi(thread.Name())
			if err != nil {
				return err
			}
			if err := unix.SchedSetaffinity(id, &set); err != nil && !errors.Is(err, unix.ESRCH) {
				return fmt.Errorf("pinning to core %d: %w", cpu, err)
			}
		}
	}
	return nil
}

// pinnedCommand returns the command that runs cmd and its children on one core.
func pinnedCommand(cmd *exec.Cmd, cpu int) (path string, args []string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	return self, append([]string{self, "pinned", strconv.Itoa(cpu), cmd.Path}, cmd.Args[1:]...), nil
}

// execPinned replaces this process by a program that is pinned to one core. The
// arguments are CORE PROGRAM ARGUMENTS.
func execPinned(args []string) error {
	if len(args) < 2 {
		return errors.New("pinned: CORE PROGRAM ARGUMENTS")
	}
	cpu, err := strconv.Atoi(args[0])
	if err != nil {
		return fmt.Errorf("pinned: %w", err)
	}
	runtime.LockOSThread() // only the thread that calls Exec survives it
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("pinning to core %d: %w", cpu, err)
	}
	return syscall.Exec(args[1], args[1:], os.Environ())
}
