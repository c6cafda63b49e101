package socket

import (
	"encoding/binary"
	"testing"
)

func TestCloseFrame_CarriesCodeAndText(t *testing.T) {
	t.Parallel()
	f := closeFrame(1012, "restarting")
	if f[0] != opClose || int(f[1]) != len(f)-2 || binary.BigEndian.Uint16(f[2:]) != 1012 || string(f[4:]) != "restarting" {
		t.Errorf("%q", f)
	}
}
