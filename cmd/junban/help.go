package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"junban/cmd/junban/internal/clinicfile"
)

// printHelp prints the help. The line of a flag has this format, which tests
// compare with the table in README.md:
//
//	--name OPERAND   description (default …; JUNBAN_NAME)
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

Imports clinics from a YAML file of at most 1 MiB, or from standard input. A
clinic replaces the one with the same number, and keeps its tickets, users and
logins. If anything in the file is wrong, nothing is imported.

A shorter timetable or a closed date may take live tickets out of their session.
The command then lists these tickets on standard error, imports nothing, and
exits with code 1. With --accept-affected it lists them and imports. The desk of
each clinic then lists its own tickets until the patients are informed.

A file contains one clinic, several as YAML documents (---), or a list under
"clinics:". Omitted fields get their defaults; unknown fields are errors. Example:

`

const generalHelp = `
JUNBAN_DEMO_PASSWORD is the password of the demo clinic's user. Without it, each
start generates one and prints it. Only an empty embedded store gets the demo.

Exit codes: 0 done, 1 error, 2 invalid command line.
`
