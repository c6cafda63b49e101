package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password, OWASP's second choice for argon2id: 19 MiB, two
// passes, one lane.
const (
	argonMemory = 19456 // KiB
	argonTime   = 2
	argonLanes  = 1
	saltBytes   = 16
	hashBytes   = 32
)

// MinPassword is the shortest password that a user may choose, in characters, and
// MaxPassword the longest that is taken, in bytes.
const (
	MinPassword = 8
	MaxPassword = 200
)

var errPasswordForm = errors.New("malformed password hash")

// HashPassword returns the argon2id hash of a password in PHC form, with a
// fresh salt. The password has 1 to [MaxPassword] bytes.
func HashPassword(password string) (string, error) {
	if n := len(password); n == 0 || n > MaxPassword {
		return "", fmt.Errorf("password of %d bytes: 1 to %d are taken", n, MaxPassword)
	}
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails, by its contract
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, hashBytes)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64(salt), b64(sum)), nil
}

// MatchPassword reports whether the hash is of that password. Costs beyond a few
// times ours are not paid: a hash that asks for them is malformed.
func MatchPassword(phc, password string) (bool, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errPasswordForm
	}
	var memory, passes uint32
	var lanes uint8
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); n != 3 || err != nil {
		return false, errPasswordForm
	}
	if memory < 8 || memory > 4*argonMemory || passes < 1 || passes > 10 || lanes < 1 || lanes > 4 {
		return false, errPasswordForm
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return false, errPasswordForm
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return false, errPasswordForm
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// atOnce is how many passwords are checked at the same time: each takes 19 MiB
// and a core, and strangers decide how many come.
const atOnce = 2

// passwords checks passwords, a few at a time.
type passwords struct {
	slots chan struct{} // as many as may be taken
	decoy string        // hash of no one's password
}

func newPasswords() *passwords {
	zeros := base64.RawStdEncoding.EncodeToString(make([]byte, hashBytes))
	return &passwords{
		slots: make(chan struct{}, atOnce),
		decoy: fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, zeros, zeros),
	}
}

// check reports whether the hash is of that password, and waits for a slot
// until ctx ends. No hash at all costs the same time and matches nothing.
func (p *passwords) check(ctx context.Context, phc, password string) (bool, error) {
	var right bool
	err := p.slot(ctx, func() (err error) {
		if phc == "" {
			_, err = MatchPassword(p.decoy, password)
			return err
		}
		right, err = MatchPassword(phc, password)
		return err
	})
	return right, err
}

// hash is [HashPassword], and waits for a slot until ctx ends.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	var hash string
	err := p.slot(ctx, func() (err error) {
		hash, err = HashPassword(password)
		return err
	})
	return hash, err
}

// slot does what takes one.
func (p *passwords) slot(ctx context.Context, do func() error) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
		return do()
	case <-ctx.Done():
		return fmt.Errorf("wait to compute a password: %w", ctx.Err())
	}
}
