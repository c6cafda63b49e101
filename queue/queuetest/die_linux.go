package queuetest

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the child with this process. The signal goes
// out when the thread that started it ends, which in a test binary is at exit
// unless the runtime retires it early: Start is called from threads that last.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
