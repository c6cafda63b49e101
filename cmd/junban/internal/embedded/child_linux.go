package embedded

import (
	"os"
	"os/exec"
	"syscall"
)

// detach gives the child a process group of its own, so that Ctrl-C at the
// terminal reaches us alone, and has the kernel end it when we die.
func detach(cmd *exec.Cmd, lock *os.File) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.ExtraFiles = []*os.File{lock}
}

// terminate asks the child to write what it has and end.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
