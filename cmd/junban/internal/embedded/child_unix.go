//go:build !linux && !windows

package embedded

import (
	"os"
	"os/exec"
	"syscall"
)

// detach puts the child into its own process group, so that it does not receive
// Ctrl-C from the terminal. If this process is killed, the child keeps running
// and holds its lock. The next start reports that, and the operator must
// terminate it.
func detach(cmd *exec.Cmd, lock *os.File) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.ExtraFiles = []*os.File{lock}
}

// terminate requests a graceful shutdown.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
