package embedded

import (
	"os"
	"os/exec"
	"syscall"
)

// detach puts the child into its own process group, so that it does not receive
// Ctrl-C. On Windows it neither inherits the lock nor ends with this process.
func detach(cmd *exec.Cmd, _ *os.File) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// terminate kills the child: Windows has no SIGTERM. Every write is on disk.
func terminate(p *os.Process) error { return p.Kill() }
