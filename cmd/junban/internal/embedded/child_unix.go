//go:build !linux && !windows

package embedded

import (
	"os"
	"os/exec"
	"syscall"
)

// detach gives the child a process group of its own, so that Ctrl-C at the
// terminal reaches us alone. This kernel does not end it when we are killed:
// it goes on, holding its lock, until somebody ends it with SIGTERM; the next
// start says so.
func detach(cmd *exec.Cmd, lock *os.File) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.ExtraFiles = []*os.File{lock}
}

// terminate asks the child to write what it has and end.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
