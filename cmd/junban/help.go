package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"junban/cmd/junban/internal/clinicfile"
)

// printHelp is the answer to --help. A line of a flag always reads
//
//	--name OPERAND   what it means (default …; JUNBAN_NAME)
//
// so that documents can be checked against it.
func printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	var b strings.Builder
	if node := ctx.Selected(); node != nil && node.Path() == "clinic import" {
		b.WriteString(importHelp)
		for line := range strings.Lines(clinicfile.Example) {
			b.WriteString("    " + line)
		}
		_, err := fmt.Fprint(ctx.Stdout, b.String())
		return err
	}
	b.WriteString("usage: junban [COMMAND] [FLAGS]\n\nCommands:\n")
	for _, command := range ctx.Model.Leaves(true) {
		usage := command.Path()
		for _, p := range command.Positional {
			usage += " " + p.Help
		}
		fmt.Fprintf(&b, "  %s\n        %s\n", usage, command.Help)
		for _, f := range command.Flags {
			fmt.Fprintf(&b, "        %s: %s\n", strings.TrimSpace("--"+f.Name+" "+f.PlaceHolder), f.Help)
		}
	}
	b.WriteString("\nFlags (a flag wins over its environment variable):\n")
	for _, f := range ctx.Model.Flags {
		if f.Name == "help" {
			continue
		}
		operand, unset := " "+f.PlaceHolder, f.Default
		if f.IsBool() {
			operand = "[=" + f.PlaceHolder + "]"
		}
		if !f.HasDefault {
			unset = f.Tag.Get("unset")
		}
		fmt.Fprintf(&b, "  --%s%s   %s (default %s; %s)\n", f.Name, operand, f.Help, unset, envOf(f))
	}
	b.WriteString(generalHelp)
	_, err := fmt.Fprint(ctx.Stdout, b.String())
	return err
}

const importHelp = `usage: junban clinic import [--accept-affected] FILE|-

Reads clinics from a YAML file of at most 1 MiB, or from standard input, and
puts them in place of the clinics of the same numbers. Their tickets, users and
sessions stay. Nothing is imported when anything in the file is wrong.

When live tickets would lose all or part of their session, by a shorter timetable
or a closed date, the command lists them on standard error by clinic, imports
nothing and exits with 1. With --accept-affected it lists them and imports: then
each clinic's desk lists its own until it has told the patients.

A file has one clinic, several as documents (---), or a list under "clinics:".
What is left out is filled in; a field that does not exist is an error. Example:

`

const generalHelp = `
JUNBAN_DEMO_PASSWORD is the password of the demo clinic's user; without it one is
generated and printed at each start. The demo is made only in an empty embedded store.

Exit codes: 0 done, 1 error, 2 command line not understood.
`
