package outbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// ProofLife is for how long a code proves an address; ProofTries is how often the code may
// be wrong.
const (
	ProofLife  = 10 * time.Minute
	ProofTries = 5
)

var proofForm = regexp.MustCompile(`^([0-9]{4})-([0-9a-z]{20})$`)

// PutProof makes a code of six digits for an address. The address is proven by the code,
// which the caller sends there. The id names the proof and its clinic; it is no secret.
func (s *Store) PutProof(ctx context.Context, c clinic.ID, addr Address) (id, code string, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", "", err
	}
	code = fmt.Sprintf("%06d", n)
	id = string(c) + "-" + strings.ToLower(rand.Text()[:20])
	address, err := json.Marshal(addr)
	if err != nil {
		return "", "", err
	}
	key := keyProof(c, id)
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, key, "code", s.sum("code", id, code), "address", address)
		p.Expire(ctx, key, ProofLife)
		return nil
	})
	if err != nil {
		return "", "", fmt.Errorf("proof of clinic %s: %w", c, err)
	}
	return id, code, nil
}

// CheckProof returns the clinic and the address that a code proves. It refuses
// [ErrProofCode], after five of them [ErrProofTries], and [ErrProofOver]. A repeat of the
// right code proves it again.
func (s *Store) CheckProof(ctx context.Context, id, code string) (clinic.ID, Address, error) {
	m := proofForm.FindStringSubmatch(id)
	if m == nil {
		return "", Address{}, ErrProofOver
	}
	c := clinic.ID(m[1])
	reply, err := s.run(ctx, "proof", []string{keyProof(c, id)}, s.sum("code", id, code), ProofTries)
	if err != nil {
		return "", Address{}, err
	}
	switch text(reply, 0) {
	case "over":
		return "", Address{}, ErrProofOver
	case "tries":
		return "", Address{}, ErrProofTries
	case "wrong":
		return "", Address{}, ErrProofCode
	}
	var addr Address
	if err := json.Unmarshal([]byte(text(reply, 1)), &addr); err != nil {
		return "", Address{}, fmt.Errorf("proof: %w", err)
	}
	return c, addr, nil
}
