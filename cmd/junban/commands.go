package main

import (
	"context"
	"fmt"

	"junban/account"
)

// Each command struct has the command's operands, in the order of the command
// line, and its own flags. [config] has the flags of all commands.

type importCommand struct {
	File           string `arg:"" help:"FILE|-"`
	AcceptAffected bool   `help:"import even if live tickets lose all or part of their session"`
}

// Run imports the clinics of a file.
func (c importCommand) Run(ctx context.Context, p *program) error {
	return p.importClinics(ctx, c.File, c.AcceptAffected)
}

type listClinicsCommand struct{}

// Run lists all clinics.
func (listClinicsCommand) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, p.listClinics)
}

type removeClinicCommand struct {
	Clinic string `arg:"" help:"NUMBER"`
}

// Run removes a clinic.
func (c removeClinicCommand) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, p.removeClinic(c.Clinic))
}

type setUserCommand struct {
	Clinic string `arg:"" help:"CLINIC"`
	Name   string `arg:"" help:"NAME"`
	Role   string `enum:",desk,admin" default:"" placeholder:"ROLE" help:"desk, or admin to change settings and users; default for a new user: admin"`
}

// Run creates or changes a staff user.
func (c setUserCommand) Run(ctx context.Context, p *program) error {
	return p.withAccounts(ctx, p.setUser(c.Clinic, c.Name, account.Role(c.Role)))
}

type listUsersCommand struct {
	Clinic string `arg:"" help:"CLINIC"`
}

// Run lists the staff users of a clinic.
func (c listUsersCommand) Run(ctx context.Context, p *program) error {
	return p.withAccounts(ctx, p.listUsers(c.Clinic))
}

type removeUserCommand struct {
	Clinic string `arg:"" help:"CLINIC"`
	Name   string `arg:"" help:"NAME"`
}

// Run removes a staff user.
func (c removeUserCommand) Run(ctx context.Context, p *program) error {
	return p.withAccounts(ctx, p.removeUser(c.Clinic, c.Name))
}

type logCommand struct {
	Clinic string `arg:"" help:"CLINIC"`
	Day    string `arg:"" help:"DAY"`
}

// Run prints the log of a day.
func (c logCommand) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, p.withDay(c.Clinic, c.Day, p.printLog))
}

type verifyCommand struct {
	Clinic string `arg:"" help:"CLINIC"`
	Day    string `arg:"" help:"DAY"`
}

// Run replays the log of a day and compares it with Redis.
func (c verifyCommand) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, p.withDay(c.Clinic, c.Day, p.verify))
}

type rebuildCommand struct {
	Clinic string `arg:"" optional:"" help:"[CLINIC]"`
}

// Run folds the kept logs again into the rows of the register.
func (c rebuildCommand) Run(ctx context.Context, p *program) error {
	return p.rebuildBooks(ctx, c.Clinic)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintln(p.stdout, "junban", version())
	return err
}
