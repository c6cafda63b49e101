package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed testdata/clinic.yaml
var exampleClinic string

// help is the answer to --help. A line of a flag always reads
//
//	--name OPERAND   what it means (default …; JUNBAN_NAME)
//
// so that documents can be checked against it.
func help(command []string) string {
	var b strings.Builder
	if len(command) >= 2 && slices.Equal(command[:2], []string{"clinic", "import"}) {
		b.WriteString(`usage: junban clinic import [--accept-affected] FILE|-

Reads clinics from a YAML file of at most 1 MiB, or from standard input, and
puts them in place of the clinics of the same numbers. Their tickets, users and
sessions stay. Nothing is imported when anything in the file is wrong.

When live tickets would lose their session or part of it, by a shorter timetable
or a closed date, the command lists them on standard error by clinic, imports
nothing and exits with 1. With --accept-affected it lists them and imports: then
each clinic's desk lists its own until it has told the patients.

A file has one clinic, several as documents (---), or a list under "clinics:".
What is left out is filled in; a field that does not exist is an error. Example:

`)
		for line := range strings.Lines(exampleClinic) {
			b.WriteString("    " + line)
		}
		return b.String()
	}
	b.WriteString(`usage: junban [serve] [flags]             serve the clinics
       junban clinic import FILE|-        put clinics from a YAML file (clinic import --help shows one); refused while
                                          live tickets would lose their session, except with --accept-affected
       junban clinic list                 one line per clinic: number, name, listed or unlisted, services
       junban clinic remove NUMBER        remove a clinic with its users, sessions and tickets
       junban user set CLINIC NAME        make a staff user, or change the password: from JUNBAN_PASSWORD or
                                          standard input; generated and printed when both are empty; --role desk
                                          or admin, who may change settings and users (a new user: admin)
       junban user list CLINIC            one name and role per line
       junban user remove CLINIC NAME
       junban log CLINIC DAY              print the log of a day, such as 2026-11-21 or today, one act per line
       junban verify CLINIC DAY           replay that log and compare; exits with 1 when Redis holds anything else
       junban check                       test the configured Redis for what the promises need; exits with 1 when something is missing
       junban version

Flags (a flag wins over its environment variable):
`)
	var c config
	for _, o := range c.options() {
		name := "--" + o.name
		if !strings.HasPrefix(o.operand, "[") {
			name += " "
		}
		fmt.Fprintf(&b, "  %s%s   %s (default %s; %s)\n", name, o.operand, o.about, o.normal, o.env())
	}
	b.WriteString(`
JUNBAN_DEMO_PASSWORD is the password of the demo clinic's user; without it one is
generated and printed at each start. The demo is made only in an empty embedded store.

Exit codes: 0 done, 1 error, 2 command line not understood.
`)
	return b.String()
}
