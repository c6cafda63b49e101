package main

import (
	"flag"
	"fmt"
	"strings"
)

// options are the settings that all scenarios share.
type options struct {
	url, opsURL, clinic, service, user, password string
	serverPID                                    int

	junban    string // path of the binary; empty: build it
	serverCPU string
	clientCPU string
	serverEnv []string
	tls       bool // of the servers that are started

	rounds int
	quiet  bool

	partial bool // figures of the budget may be missing
	budget  string
	bench   bool
	html    string
}

// flags registers the options of the server, the rounds and the report.
func (o *options) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.url, "url", "", "server to test, on this machine; empty: build one and start it on an empty store")
	fs.StringVar(&o.opsURL, "ops-url", "", "operator's listener of the server of --url, for its memory and goroutines")
	fs.IntVar(&o.serverPID, "pid", 0, "process of the server of --url, for its processor time")
	fs.StringVar(&o.clinic, "clinic", "1234", "clinic's number")
	fs.StringVar(&o.service, "service", "1", "the clinic's service")
	fs.StringVar(&o.user, "user", "demo", "desk account; its password is read from JUNBAN_DEMO_PASSWORD")
	fs.StringVar(&o.junban, "junban", "", "binary to start; empty: build it")
	fs.Func("pin", "processors of the server and of the watchers, such as 0:1", func(s string) error {
		var ok bool
		if o.serverCPU, o.clientCPU, ok = strings.Cut(s, ":"); !ok {
			return fmt.Errorf("%q is not SERVER:WATCHERS", s)
		}
		return nil
	})
	fs.Func("server-env", "NAME=VALUE in the environment of the servers started; may be repeated", func(s string) error {
		if !strings.Contains(s, "=") {
			return fmt.Errorf("%q is not NAME=VALUE", s)
		}
		o.serverEnv = append(o.serverEnv, s)
		return nil
	})
	fs.BoolVar(&o.tls, "tls", false, "the servers started serve TLS themselves")
	countVar(fs, &o.rounds, "rounds", 1, 20, "rounds; the table and the budget use the medians")
	fs.BoolVar(&o.quiet, "quiet-machine", false, "the machine is otherwise unused: check also the limits that need that")
	o.reportFlags(fs)
}

// reportFlags registers the options of the report alone.
func (o *options) reportFlags(fs *flag.FlagSet) {
	fs.StringVar(&o.budget, "budget", "", "file of limits; empty: the built-in one")
	fs.BoolVar(&o.bench, "bench", false, "print Go benchmark lines, of every round, instead of a table")
	fs.StringVar(&o.html, "html", "", "write a report with plots to this `file`")
}
