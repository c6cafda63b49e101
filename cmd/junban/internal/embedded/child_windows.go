package embedded

import (
	"os"
	"os/exec"
	"syscall"
)

// detach gives the child a process group of its own, so that Ctrl-C reaches us
// alone. Windows neither hands the lock on nor ends the child with us.
func detach(cmd *exec.Cmd, _ *os.File) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// terminate ends the child: there is no way to ask. Every write is on disk.
func terminate(p *os.Process) error { return p.Kill() }
