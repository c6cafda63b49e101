package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"junban/api"
	"junban/queue"
)

// shortestPassword is how many characters a password has at least.
const shortestPassword = 8

// setUser makes a user, or gives it another password.
func (p *program) setUser(number, name string) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := known(ctx, store, number)
		if err != nil {
			return err
		}
		if n := utf8.RuneCountInString(name); n < 1 || n > 40 || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl) {
			return fmt.Errorf("%q is not a user's name: 1 to 40 characters, no space around it: %w", name, errUsage)
		}
		password, err := p.password()
		if err != nil {
			return err
		}
		generated := password == ""
		if generated {
			password = newPassword()
		} else if utf8.RuneCountInString(password) < shortestPassword {
			return fmt.Errorf("the password has fewer than %d characters", shortestPassword)
		}
		if err := putUser(ctx, store, c.ID, name, password); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "user %s of clinic %s is set\n", name, c.ID)
		if generated {
			fmt.Fprintf(p.stdout, "password: %s\n", password)
		}
		return nil
	}
}

// putUser gives a user that password. Who has it already keeps the hash, and
// with it the sessions: they end when a password changes.
func putUser(ctx context.Context, store *queue.Store, c queue.ClinicID, name, password string) error {
	if hash, err := store.User(ctx, c, name); err == nil {
		if same, err := api.MatchPassword(hash, password); err == nil && same {
			return nil
		}
	}
	hash, err := api.HashPassword(password)
	if err != nil {
		return err
	}
	return store.PutUser(ctx, c, name, hash)
}

// password is what the environment says, or the first line of standard input
// when that is not a terminal: a password is never echoed.
func (p *program) password() (string, error) {
	if s := p.getenv("JUNBAN_PASSWORD"); s != "" {
		return s, nil
	}
	if f, ok := p.stdin.(*os.File); ok {
		if stat, err := f.Stat(); err != nil || stat.Mode()&os.ModeCharDevice != 0 {
			return "", nil
		}
	}
	line, err := bufio.NewReader(io.LimitReader(p.stdin, api.MaxPassword+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// newPassword is easy to read aloud, with 80 random bits.
func newPassword() string {
	s := strings.ToLower(rand.Text())
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// listUsers writes one name per line.
func (p *program) listUsers(number string) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := known(ctx, store, number)
		if err != nil {
			return err
		}
		names, err := store.Users(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, name := range names {
			fmt.Fprintln(p.stdout, name)
		}
		return nil
	}
}

func (p *program) removeUser(number, name string) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := known(ctx, store, number)
		if err != nil {
			return err
		}
		if err := store.RemoveUser(ctx, c.ID, name); err != nil {
			return fmt.Errorf("user %s of clinic %s: %w", name, c.ID, err)
		}
		fmt.Fprintf(p.stdout, "removed user %s of clinic %s\n", name, c.ID)
		return nil
	}
}
