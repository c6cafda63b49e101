package route

import (
	"strings"
	"testing"
)

func TestPhone_IsNormalised(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "090-1234-5678": "09012345678", "０９０－１２３４－５６７８": "09012345678", "（03） 1234ー5678": "0312345678",
		"+81 90 1234 5678": "09012345678", "+81 (0)3-1234-5678": "0312345678", "+1 212 555 0100": "+12125550100", "　０３　1234": "031234",
	} {
		if got, err := Phone("phone", in); got != want || err != nil {
			t.Errorf("%q is %q %v, want %q", in, got, err, want)
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"", "090-1234-5678", "＋８１", "+", "ー", "\xff", "１２"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Phone("phone", s)
		if err != nil {
			return
		}
		if len(got) > maxPhone || strings.Trim(strings.TrimPrefix(got, "+"), "0123456789") != "" {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := Phone("phone", got); again != got || err != nil {
			t.Errorf("%q became %q, and that %q %v", s, got, again, err)
		}
	})
}
