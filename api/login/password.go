package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"junban/api/problem"

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

// MinPassword is the shortest password that a user may choose, in characters.
// MaxPassword is the longest that is accepted, in bytes.
const (
	MinPassword = 8
	MaxPassword = 200
)

var errPasswordForm = errors.New("malformed password hash")

// HashPassword returns the argon2id hash of a password in PHC form, with a
// fresh salt. The password has 1 to [MaxPassword] bytes.
func HashPassword(password string) (string, error) {
	if n := len(password); n == 0 || n > MaxPassword {
		return "", fmt.Errorf("password of %d bytes: 1 to %d are allowed", n, MaxPassword)
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

// atOnce is how many passwords are computed at the same time. Each takes 19 MiB and a
// core, and strangers decide how many come.
const atOnce = 2

// QueueClass is where a password waits for its turn. A device that has logged
// in before, and a login, go ahead of all strangers.
type QueueClass int

const (
	KnownDevice QueueClass = iota
	stranger
	lanes
)

// waiting is how many passwords of each lane wait at most; beyond it a login is
// refused at once. Known devices go first: strangers wait while those come, until
// the time of their request is over.
var waiting = [lanes]int{64, 16}

// Passwords checks passwords, a few at a time. Safe for concurrent use.
type Passwords struct {
	Match func(phc, password string) (bool, error)
	Make  func(password string) (string, error)
	decoy string // a hash that no password has

	mu      sync.Mutex
	running int                    // guarded by mu
	waiters [lanes][]chan struct{} // guarded by mu; a closed channel has its turn
}

func NewPasswords() *Passwords {
	zeros := base64.RawStdEncoding.EncodeToString(make([]byte, hashBytes))
	return &Passwords{
		Match: MatchPassword, Make: HashPassword,
		decoy: fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, zeros, zeros),
	}
}

// Check reports whether the hash is of that password, and waits for its turn until
// ctx ends. No hash at all costs the same time and matches nothing. The problem
// login_busy means that the lane is full.
func (p *Passwords) Check(ctx context.Context, l QueueClass, phc, password string) (bool, error) {
	var right bool
	err := p.inTurn(ctx, l, func() (err error) {
		if phc == "" {
			_, err = p.Match(p.decoy, password)
			return err
		}
		right, err = p.Match(phc, password)
		return err
	})
	return right, err
}

// Hash is [HashPassword] for a logged-in user. It waits as [Passwords.Check] does.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	var hash string
	err := p.inTurn(ctx, KnownDevice, func() (err error) {
		hash, err = p.Make(password)
		return err
	})
	return hash, err
}

// inTurn computes something when it is its turn.
func (p *Passwords) inTurn(ctx context.Context, l QueueClass, compute func() error) error {
	turn, err := p.enter(l)
	if err != nil {
		return err
	}
	select {
	case <-turn:
	case <-ctx.Done():
		if !p.abandon(l, turn) {
			p.leave() // its turn came in this moment
		}
		return fmt.Errorf("wait to compute a password: %w", ctx.Err())
	}
	defer p.leave()
	return compute()
}

// enter joins the lane; the returned channel is closed when the turn has come.
func (p *Passwords) enter(l QueueClass) (turn chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	turn = make(chan struct{})
	switch {
	case p.running < atOnce:
		p.running++
		close(turn)
	case len(p.waiters[l]) >= waiting[l]:
		return nil, problem.Problem{Code: "login_busy", Detail: "too many logins are in progress; try again in a few seconds", After: problem.Soon()}
	default:
		p.waiters[l] = append(p.waiters[l], turn)
	}
	return turn, nil
}

// abandon leaves the lane, and reports whether the turn had not come.
func (p *Passwords) abandon(l QueueClass, turn chan struct{}) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.waiters[l], turn)
	if i >= 0 {
		p.waiters[l] = slices.Delete(p.waiters[l], i, i+1)
	}
	return i >= 0
}

// leave gives the turn to the next, of the first lane that has one.
func (p *Passwords) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.waiters {
		if len(p.waiters[l]) > 0 {
			close(p.waiters[l][0])
			p.waiters[l] = slices.Delete(p.waiters[l], 0, 1)
			return
		}
	}
	p.running--
}

// Entered returns how many passwords are computed or wait.
func (p *Passwords) Entered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.running
	for _, w := range p.waiters {
		n += len(w)
	}
	return n
}
