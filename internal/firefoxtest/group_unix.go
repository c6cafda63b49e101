//go:build unix

package firefoxtest

import (
	"os/exec"
	"syscall"
)

// inOwnGroup makes the end of a browser end its processes too.
func inOwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
