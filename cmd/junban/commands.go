package main

import (
	"context"
	"fmt"

	"junban/account"
)

// The commands: each has its operands, in the order of the command line, and its
// own flags. Those of all commands are in [config].

type importCommand struct {
	File           string `arg:"" help:"FILE|-"`
	AcceptAffected bool   `help:"import although live tickets lose all or part of their session; without the flag they are listed and nothing is imported"`
}

// Run puts the clinics of a file into the store.
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
	Role   string `enum:",desk,admin" default:"" placeholder:"ROLE" help:"desk, or admin, who may change settings and users; a new user is an admin"`
}

// Run makes or changes a staff user.
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
	return p.withStore(ctx, p.onDay(c.Clinic, c.Day, p.printLog))
}

type verifyCommand struct {
	Clinic string `arg:"" help:"CLINIC"`
	Day    string `arg:"" help:"DAY"`
}

// Run replays the log of a day and compares.
func (c verifyCommand) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, p.onDay(c.Clinic, c.Day, p.verify))
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintln(p.stdout, "junban", version())
	return err
}
