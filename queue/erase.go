package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"junban/queue/clinic"
)

// ErasePatients removes who tickets of a clinic are for, on all days that are kept, and
// what names the persons as holders of the tickets (D14). The tickets stay. Every node then
// reads a snapshot, so that no desk shows the names any more. It returns how many patients
// it removed; a repeat removes none.
func (s *Store) ErasePatients(ctx context.Context, c clinic.ID, ids []TicketID) (removed int, err error) {
	days := map[clinic.Day][]any{}
	for _, id := range ids {
		if _, err := ParseTicketID(string(id)); err != nil || id.Ref().Clinic != c {
			return 0, ErrNoTicket
		}
		days[id.Day()] = append(days[id.Day()], string(id))
	}
	for d, of := range days {
		reply, err := s.run(ctx, "erase", []string{DayKey(c, d, "patients"), keyPersons(c)}, append([]any{string(c)}, of...))
		if err != nil {
			return removed, fmt.Errorf("erase patients of %s of clinic %s: %w", d, c, err)
		}
		if len(reply) > 1 {
			n, _ := reply[1].(int64)
			removed += int(n)
		}
	}
	return removed, nil
}

// Rewrite is what became of the file to which Redis appends its writes.
type Rewrite string

// The outcomes of [Store.RewriteFile].
const (
	Rewritten  Rewrite = "rewritten"
	NoFile     Rewrite = "no_file"     // Redis appends to no file
	NotAllowed Rewrite = "not_allowed" // its operator has to run BGREWRITEAOF
)

// rewritePoll is how often the end of a rewriting is looked for.
const rewritePoll = 50 * time.Millisecond

// RewriteFile has Redis replace its append-only file by one of what it has now, and waits
// for the end: what was removed before is then in no file of it. In a Cluster it is the
// master with the clinic. A replica has a file of its own, which its operator rewrites.
func (s *Store) RewriteFile(ctx context.Context, c clinic.ID) (Rewrite, error) {
	node, err := s.master(ctx, keyClinic(c))
	if err != nil {
		return "", fmt.Errorf("rewrite the file of Redis: %w", err)
	}
	for begun := false; ; {
		info, err := node.Info(ctx, "persistence").Result()
		switch {
		case err != nil && strings.Contains(err.Error(), "is not supported"): // the demo's, in this process
			return NoFile, nil
		case err != nil && refusedCommand(err):
			return NotAllowed, nil
		case err != nil:
			return "", fmt.Errorf("rewrite the file of Redis: %w", err)
		case !strings.Contains(info, "aof_enabled:1"):
			return NoFile, nil
		}
		busy := strings.Contains(info, "aof_rewrite_in_progress:1") || strings.Contains(info, "aof_rewrite_scheduled:1")
		if !busy && begun {
			if !strings.Contains(info, "aof_last_bgrewrite_status:ok") {
				return "", errors.New("rewrite the file of Redis: it failed")
			}
			return Rewritten, nil
		}
		if !busy { // one that began before may have what was removed
			if err := node.BgRewriteAOF(ctx).Err(); err != nil && refusedCommand(err) {
				return NotAllowed, nil
			} else if err != nil && !strings.Contains(err.Error(), "in progress") {
				return "", fmt.Errorf("rewrite the file of Redis: %w", err)
			} else {
				begun = err == nil
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("rewrite the file of Redis: %w", ctx.Err())
		case <-time.After(rewritePoll):
		}
	}
}

// refusedCommand reports whether Redis does not have a command, or does not allow it.
func refusedCommand(err error) bool {
	text := err.Error()
	return strings.Contains(text, "NOPERM") || strings.Contains(text, "unknown command")
}
