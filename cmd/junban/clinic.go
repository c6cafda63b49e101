package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"junban/cmd/junban/internal/embedded"
	"junban/queue"
	"junban/queue/typed"
)

// task is what a command does with the open store.
type task func(ctx context.Context, store *queue.Store) error

// withStore opens the store for one task and closes it again.
func (p *program) withStore(ctx context.Context, do task) (err error) {
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
	return do(ctx, store)
}

// importClinics puts the clinics of a file into the store. The file is read and
// checked whole before the store is opened: nothing is imported when anything
// in it is wrong.
func (p *program) importClinics(ctx context.Context, name string) error {
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
	clinics, err := parseClinics(name, src)
	if err != nil {
		return fmt.Errorf("nothing is imported:\n%w", err)
	}
	return p.withStore(ctx, func(ctx context.Context, store *queue.Store) error {
		operator := queue.Act{By: queue.Actor{Kind: "operator"}}
		for i, c := range clinics {
			if err := store.PutClinic(ctx, c, operator); err != nil {
				return fmt.Errorf("putting clinic %s, the %d. of %d (import again): %w", c.ID, i+1, len(clinics), err)
			}
			fmt.Fprintf(p.stdout, "imported %s %s: %d services, %d rooms\n", c.ID, typed.Escape(c.Name), len(c.Services), len(c.Rooms))
		}
		return nil
	})
}

// listClinics writes one line per clinic, its columns parted by tabs.
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
			services = append(services, queue.Ref{Clinic: c.ID, Service: s.ID}.String()+" "+typed.Escape(s.Name))
		}
		fmt.Fprintf(p.stdout, "%s\t%s\t%s\t%s\n", c.ID, typed.Escape(c.Name), listed, strings.Join(services, ", "))
	}
	return nil
}

// removeClinic removes a clinic with all that belongs to it.
func (p *program) removeClinic(number string) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := known(ctx, store, number)
		if err != nil {
			return err
		}
		if err := store.RemoveClinic(ctx, c.ID); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "removed %s %s\n", c.ID, typed.Escape(c.Name))
		return nil
	}
}

// known is the clinic with that number.
func known(ctx context.Context, store *queue.Store, number string) (queue.Clinic, error) {
	id, err := queue.ParseClinicID(number)
	if err != nil {
		return queue.Clinic{}, fmt.Errorf("%q is not the number of a clinic: %w", number, errUsage)
	}
	c, err := store.Clinic(ctx, id)
	if err != nil {
		return queue.Clinic{}, fmt.Errorf("clinic %s: %w", number, err)
	}
	return c, nil
}
