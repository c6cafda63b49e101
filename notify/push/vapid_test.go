package push

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"
)

func newKeys(t testing.TB) Keys {
	t.Helper()
	k, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeys_AreTheSameAfterMarshal(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	b, err := k.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKeys(b)
	if err != nil || again.Public() != k.Public() || len(k.Public()) != 87 || !strings.HasPrefix(k.Public(), "B") {
		t.Errorf("parsed %q, want %q, error %v", again.Public(), k.Public(), err)
	}
	for _, bad := range [][]byte{nil, []byte("x"), b[:len(b)-1]} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("%d bytes are parsed", len(bad))
		}
	}
	if _, err := (Keys{}).Marshal(); err == nil {
		t.Error("no keys are encoded")
	}
	if _, err := New(Keys{}, Options{}); err == nil {
		t.Error("a channel needs no keys")
	}
}

func TestCheckContact(t *testing.T) {
	t.Parallel()
	for contact, ok := range map[string]bool{
		"mailto:admin@junban.example":         true,
		"https://junban.example":              true,
		"https://junban.example/contact":      true,
		"":                                    false,
		"admin@junban.example":                false,
		"mailto:":                             false,
		"mailto:admin":                        false,
		"mailto:admin@localhost":              false,
		"mailto:admin@clinic.local":           false,
		"mailto:admin@clinic.local.":          false,
		"mailto:Admin <admin@junban.example>": false,
		"mailto:mailto:a@junban.example":      false,
		"https://localhost":                   false,
		"https://junban.localhost":            false,
		"https://junban.LOCAL":                false,
		"https://10.0.0.1":                    false,
		"https://user@junban.example":         false,
		"http://junban.example":               false,
		"https:":                              false,
		"tel:+81300000000":                    false,
	} {
		if err := CheckContact(contact); (err == nil) != ok || err != nil && !errors.Is(err, ErrContact) {
			t.Errorf("%q: error %v", contact, err)
		}
	}
	if _, err := New(newKeys(t), Options{Contact: "mailto:admin@localhost"}); !errors.Is(err, ErrContact) {
		t.Errorf("New accepts a local contact: error %v", err)
	}
}

// TestTokens_AreSignedForTheirOriginAndServeSixHours reads tokens as a push service does.
func TestTokens_AreSignedForTheirOriginAndServeSixHours(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	made := &tokens{keys: newKeys(t), contact: "mailto:admin@junban.example", now: func() time.Time { return now }}
	of := func(origin string) (header string, expires time.Time) {
		t.Helper()
		header, err := made.of(origin)
		if err != nil {
			t.Fatal(err)
		}
		value, _ := strings.CutPrefix(header, "vapid t=")
		jwt, key, _ := strings.Cut(value, ", k=")
		parts := strings.Split(jwt, ".")
		if len(parts) != 3 || key != made.keys.Public() || string(decode(t, parts[0])) != `{"typ":"JWT","alg":"ES256"}` {
			t.Fatalf("the header is %q", header)
		}
		var claims struct {
			Aud, Sub string
			Exp      int64
		}
		if err := json.Unmarshal(decode(t, parts[1]), &claims); err != nil {
			t.Fatal(err)
		}
		if claims.Aud != origin || claims.Sub != "mailto:admin@junban.example" {
			t.Errorf("the claims are %+v", claims)
		}
		signature, sum := decode(t, parts[2]), sha256.Sum256([]byte(parts[0]+"."+parts[1]))
		if len(signature) != 64 || !ecdsa.Verify(&made.keys.private.PublicKey, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
			t.Error("the signature is wrong")
		}
		return header, time.Unix(claims.Exp, 0)
	}
	first, expires := of("https://a.example")
	if d := expires.Sub(now); d <= tokenRenew || d > 24*time.Hour {
		t.Errorf("it expires in %s", d)
	}
	if other, _ := of("https://b.example"); other == first {
		t.Error("two origins share a token")
	}
	now = now.Add(tokenLife - tokenRenew - time.Second)
	if again, _ := of("https://a.example"); again != first {
		t.Error("it is not cached")
	}
	now = now.Add(2 * time.Second)
	if again, expires := of("https://a.example"); again == first || expires.Sub(now) <= tokenRenew {
		t.Error("it is not renewed")
	}
	now = now.Add(-30 * 24 * time.Hour) // the clock was set back
	if _, expires := of("https://a.example"); expires.Sub(now) > 24*time.Hour {
		t.Errorf("it expires in %s", expires.Sub(now))
	}
	for i := range 3 * maxOrigins {
		made.kept["https://"+strings.Repeat("x", i)] = token{ends: now}
		if i%maxOrigins == 0 {
			of("https://c.example")
		}
	}
	of("https://d.example")
	if len(made.kept) > maxOrigins {
		t.Errorf("%d origins are kept", len(made.kept))
	}
}
