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
	"unicode/utf8"

	"junban/account"
	"junban/api/login"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// setUser creates a user, or changes the password of an existing one. A role of
// "" leaves the role unchanged.
func (p *program) setUser(number, name string, role account.Role) accountTask {
	return func(ctx context.Context, store *queue.Store, accounts *account.Store) error {
		c, err := lookupClinic(ctx, store, number)
		if err != nil {
			return err
		}
		if !account.ValidUserName(name) {
			return fmt.Errorf("%q is not a valid user name (1 to 40 characters, no slash, no space at either end): %w", name, errUsage)
		}
		password, err := p.password()
		if err != nil {
			return err
		}
		generated := password == ""
		if generated {
			password = newPassword()
		} else if utf8.RuneCountInString(password) < login.MinPassword {
			return fmt.Errorf("the password must have at least %d characters", login.MinPassword)
		}
		if err := putUser(ctx, accounts, c.ID, name, role, password); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "user %s of clinic %s is set\n", name, c.ID)
		if generated {
			fmt.Fprintf(p.stdout, "password: %s\n", password)
		}
		return nil
	}
}

// putUser sets a user's password. If the password is unchanged, the hash is
// kept: a new hash would end the user's logins.
func putUser(ctx context.Context, accounts *account.Store, c clinic.ID, name string, role account.Role, password string) error {
	operator := clinic.Actor{Kind: "operator"}
	if u, err := accounts.User(ctx, c, name); err == nil {
		if same, err := login.MatchPassword(u.PasswordHash, password); err == nil && same {
			return accounts.PutUser(ctx, c, name, role, u.PasswordHash, operator)
		}
	}
	hash, err := login.HashPassword(password)
	if err != nil {
		return err
	}
	return accounts.PutUser(ctx, c, name, role, hash, operator)
}

// password reads the password from the environment, or from the first line of
// standard input. It does not read from a terminal, which would echo it.
func (p *program) password() (string, error) {
	if s := p.getenv("JUNBAN_PASSWORD"); s != "" {
		return s, nil
	}
	if f, ok := p.stdin.(*os.File); ok {
		if stat, err := f.Stat(); err != nil || stat.Mode()&os.ModeCharDevice != 0 {
			return "", nil
		}
	}
	line, err := bufio.NewReader(io.LimitReader(p.stdin, login.MaxPassword+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// newPassword returns a password of 80 random bits that is easy to read aloud.
func newPassword() string {
	s := strings.ToLower(rand.Text())
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// listUsers prints one name and role per line.
func (p *program) listUsers(number string) accountTask {
	return func(ctx context.Context, store *queue.Store, accounts *account.Store) error {
		c, err := lookupClinic(ctx, store, number)
		if err != nil {
			return err
		}
		users, err := accounts.Users(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, u := range users {
			fmt.Fprintf(p.stdout, "%s\t%s\n", typed.Escape(u.Name), u.Role)
		}
		return nil
	}
}

func (p *program) removeUser(number, name string) accountTask {
	return func(ctx context.Context, store *queue.Store, accounts *account.Store) error {
		c, err := lookupClinic(ctx, store, number)
		if err != nil {
			return err
		}
		if err := accounts.RemoveUser(ctx, c.ID, name, clinic.Actor{Kind: "operator"}); err != nil {
			return fmt.Errorf("user %s of clinic %s: %w", name, c.ID, err)
		}
		fmt.Fprintf(p.stdout, "removed user %s of clinic %s\n", typed.Escape(name), c.ID)
		return nil
	}
}
