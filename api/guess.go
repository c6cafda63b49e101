package api

import (
	"errors"
	"net/http"

	"junban/queue"
)

// A clinic that is not listed is found by its number alone (B04), and there are
// only ten thousand numbers. Who has asked for too many that nobody has is told
// of no more clinics that are not listed, for a while: they look like numbers
// that he must not ask for, there or not. Only misses count, so that a whole
// waiting room behind one address is not shut out by looking at its own clinic.

// guessed counts an answer that a number is unknown, and takes its place when
// there were too many.
func (s *Server) guessed(r *http.Request, err error) error {
	if !errors.Is(err, queue.ErrNoClinic) && !errors.Is(err, queue.ErrNoService) {
		return err
	}
	if many := s.checkLimit(r, limitGuesses, ""); many != nil {
		return many
	}
	return err
}

// mayFind refuses a client that guessed too often what concerns a clinic that
// is not listed, or is not there at all.
func (s *Server) mayFind(r *http.Request, number string) error {
	if number == "" {
		return nil
	}
	many := s.peekLimit(r, limitGuesses, "")
	if many == nil {
		return nil
	}
	c, err := s.records.clinic(r.Context(), queue.ClinicID(number))
	if err == nil && c.Listed {
		return nil
	}
	if err != nil && !errors.Is(err, queue.ErrNoClinic) {
		return err
	}
	return many
}
