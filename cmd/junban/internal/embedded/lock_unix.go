//go:build !windows

package embedded

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a file, or returns errLocked. The lock lasts until every process
// that has the open file, by inheritance too, has closed it or died.
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
