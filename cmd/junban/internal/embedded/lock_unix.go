//go:build !windows

package embedded

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a file, or returns errLocked. The lock is held until every
// process with the open file, including child processes, has closed it or
// exited.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, err
	}
	return f, nil
}
