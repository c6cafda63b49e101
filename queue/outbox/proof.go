package outbox

import (
	"context"
	"time"

	"junban/queue/clinic"
)

// ProofLife is for how long a code proves an address; ProofTries is how often it may be
// wrong.
const (
	ProofLife  = 10 * time.Minute
	ProofTries = 5
)

// PutProof makes a code of six digits for an address. The address is proven by the code,
// which the caller sends there. The id names the proof, and its clinic.
func (s *Store) PutProof(ctx context.Context, c clinic.ID, addr Address) (id, code string, err error) {
	return "", "", errTodo
}

// CheckProof returns the clinic and the address that a code proves. It refuses [ErrProofCode],
// [ErrProofTries] after five wrong codes, and [ErrProofOver]. A repeat of the right code
// proves it again.
func (s *Store) CheckProof(ctx context.Context, id, code string) (clinic.ID, Address, error) {
	return "", Address{}, errTodo
}
