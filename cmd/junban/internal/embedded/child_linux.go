package embedded

import (
	"os"
	"os/exec"
	"syscall"
)

// detach puts the child into its own process group, so that it does not receive
// Ctrl-C from the terminal. The kernel terminates it when this process dies.
func detach(cmd *exec.Cmd, lock *os.File) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.ExtraFiles = []*os.File{lock}
}

// terminate requests a graceful shutdown.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
