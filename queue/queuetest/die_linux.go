package queuetest

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the child with this process. The kernel sends the
// signal when the thread that started the child ends. Start must therefore run on a
// thread that lives until the process exits.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
