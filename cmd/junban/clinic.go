package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"junban/account"
	"junban/cmd/junban/internal/clinicfile"
	"junban/cmd/junban/internal/embedded"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// task is the work of a command on the open store.
type task func(ctx context.Context, store *queue.Store) error

// withStore opens the store, runs the task, and closes the store.
func (p *program) withStore(ctx context.Context, do task) error {
	return p.withAccounts(ctx, func(ctx context.Context, store *queue.Store, _ *account.Store) error { return do(ctx, store) })
}

// accountTask is a task on the users of a clinic.
type accountTask func(ctx context.Context, store *queue.Store, accounts *account.Store) error

// withAccounts is [program.withStore] for a task on users.
func (p *program) withAccounts(ctx context.Context, do accountTask) (err error) {
	st, err := p.openStorage(ctx, embedded.Operate, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close(context.WithoutCancel(ctx))) }()
	store, err := queue.NewStore(st.Client, queue.Options{MinReplicas: p.MinReplicas.of(st.Replicated)})
	if err != nil {
		return err
	}
	if err := store.Load(ctx); err != nil {
		return err
	}
	return do(ctx, store, account.NewStore(st.Client, store))
}

// importClinics imports the clinics of a file. It checks the whole file before
// it opens the store, and imports nothing if there is an error. It also imports
// nothing if live tickets would lose their session, unless accepted is set.
func (p *program) importClinics(ctx context.Context, name string, accepted bool) error {
	var src io.Reader = p.stdin
	if name == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		src = f
	}
	clinics, err := clinicfile.Parse(name, src)
	if err != nil {
		return fmt.Errorf("nothing was imported:\n%w", err)
	}
	return p.withStore(ctx, func(ctx context.Context, store *queue.Store) error {
		tickets, of, err := p.listAffected(ctx, store, clinics)
		if err != nil {
			return fmt.Errorf("nothing was imported: %w", err)
		}
		if tickets > 0 && !accepted {
			return fmt.Errorf("nothing was imported: %d live tickets of %d clinics would lose all or part of their session.\n"+
				"Call these patients, or import with --accept-affected: each clinic's desk then lists them until the patients are informed", tickets, of)
		}
		operator := queue.Act{By: clinic.Actor{Kind: "operator"}}
		for i, c := range clinics {
			if err := store.PutClinic(ctx, c, operator); err != nil {
				return fmt.Errorf("writing clinic %s, number %d of %d (run the import again): %w", c.ID, i+1, len(clinics), err)
			}
			fmt.Fprintf(p.stdout, "imported %s %s: %d services, %d rooms\n", c.ID, typed.Escape(c.Name), len(c.Services), len(c.Rooms))
		}
		return nil
	})
}

// listAffected prints the live tickets that would lose their session, or part of
// it, by the new records. It returns their number and that of their clinics.
func (p *program) listAffected(ctx context.Context, store *queue.Store, next []clinic.Clinic) (tickets, clinics int, err error) {
	for l, err := range store.AffectedBy(ctx, next) {
		if err != nil {
			return tickets, clinics, err
		}
		tickets, clinics = tickets+len(l.Tickets), clinics+1
		fmt.Fprintf(p.stderr, "%s %s: %d tickets lose all or part of their session\n", l.Clinic.ID, typed.Escape(l.Clinic.Name), len(l.Tickets))
		table := tabwriter.NewWriter(p.stderr, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "  SERVICE\tNUMBER\tDAY\tSESSION\tPHONE\tNAME")
		for _, t := range l.Tickets {
			number := "-" // assigned when the day begins
			if t.Number > 0 {
				number = strconv.Itoa(t.Number)
			}
			fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%s\n", t.ID.Ref(), number, t.ID.Day(), t.Session,
				cmp.Or(typed.Escape(t.Patient.Phone), "-"), cmp.Or(typed.Escape(t.Patient.Name), "-"))
		}
		if err := table.Flush(); err != nil {
			return tickets, clinics, err
		}
	}
	return tickets, clinics, nil
}

// listClinics prints one line per clinic, with columns separated by tabs.
func (p *program) listClinics(ctx context.Context, store *queue.Store) error {
	clinics, err := store.Clinics(ctx)
	if err != nil {
		return err
	}
	for _, c := range clinics {
		listed := "unlisted"
		if c.Listed {
			listed = "listed"
		}
		var services []string
		for _, s := range c.Services {
			services = append(services, clinic.Ref{Clinic: c.ID, Service: s.ID}.String()+" "+typed.Escape(s.Name))
		}
		fmt.Fprintf(p.stdout, "%s\t%s\t%s\t%s\n", c.ID, typed.Escape(c.Name), listed, strings.Join(services, ", "))
	}
	return nil
}

// removeClinic removes a clinic and all its data.
func (p *program) removeClinic(number string) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := lookupClinic(ctx, store, number)
		if err != nil {
			return err
		}
		books, done, err := p.booksOfLine(ctx, store)
		if err != nil {
			return err
		}
		defer done()
		if err := store.RemoveClinic(ctx, c.ID); err != nil {
			return err
		}
		if books != nil {
			if _, err := books.RemoveClinic(ctx, c.ID); err != nil {
				return fmt.Errorf("its members and bookings are left (import the clinic, and remove it again): %w", err)
			}
		}
		fmt.Fprintf(p.stdout, "removed %s %s\n", c.ID, typed.Escape(c.Name))
		return nil
	}
}

// lookupClinic returns the clinic with a number.
func lookupClinic(ctx context.Context, store *queue.Store, number string) (clinic.Clinic, error) {
	id, err := clinic.ParseID(number)
	if err != nil {
		return clinic.Clinic{}, fmt.Errorf("%q is not a clinic number such as 1234: %w", number, errUsage)
	}
	c, err := store.Clinic(ctx, id)
	if err != nil {
		return clinic.Clinic{}, fmt.Errorf("clinic %s: %w", number, err)
	}
	return c, nil
}
