package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"junban/notify/mail"
	"junban/queue"
	"junban/queue/outbox"
)

// bounceCommand takes the report of a mail that was not delivered.
type bounceCommand struct{}

// Run reads one report. A mail that is no report, and one of a notice that is kept no
// more, is no error: the mail server would send a report of that in turn. An error means
// that the store could not be asked, and that the mail server is to try again.
func (bounceCommand) Run(ctx context.Context, p *program) error {
	b, err := mail.ReadBounce(p.stdin)
	if errors.Is(err, mail.ErrNoReport) {
		fmt.Fprintln(p.stdout, "ignored:", err)
		return nil
	}
	if err != nil {
		return err
	}
	id, err := outbox.ParseNoticeID(b.Notice)
	if err != nil {
		fmt.Fprintln(p.stdout, "ignored: the report names no notice")
		return nil
	}
	if !b.Failed {
		fmt.Fprintf(p.stdout, "%s: the relay still tries: %s %s\n", id, b.Status, b.Answer)
		return nil
	}
	return p.withStore(ctx, func(ctx context.Context, store *queue.Store) error { return p.countBounce(ctx, store, id, b) })
}

// countBounce counts the report of a notice, and prints what that means for its address.
func (p *program) countBounce(ctx context.Context, store *queue.Store, id outbox.NoticeID, b mail.Bounce) error {
	notices := outbox.New(store.Redis(), store, outbox.Options{}) // it makes no id and no hash
	found, _, err := notices.Notice(ctx, id)
	if errors.Is(err, outbox.ErrNoNotice) {
		fmt.Fprintf(p.stdout, "%s: ignored, because the notice is not kept any more\n", id)
		return nil
	}
	if err != nil {
		return err
	}
	if err := notices.Return(ctx, id, returnedWhy(b)); err != nil {
		return err
	}
	suppressed, err := notices.Returned(ctx, id.Clinic(), outbox.Mail, found.Job.Want, returnedWhy(b), b.Gone())
	if err != nil {
		return err
	}
	what := "counted"
	if suppressed {
		what = "the address gets no more mail of this clinic"
	}
	fmt.Fprintf(p.stdout, "%s: %s: %s %s\n", id, what, b.Status, b.Answer)
	if b.Filtered() {
		fmt.Fprintln(p.stdout, "受信拒否の設定かもしれません (perhaps the receiver's own filter)")
	}
	return nil
}

// returnedWhy is the reason in the history, which the office has in words.
func returnedWhy(b mail.Bounce) string {
	why := outbox.WhyReturned
	if b.Filtered() {
		why = outbox.WhyFiltered
	}
	if !statusPattern.MatchString(b.Status) {
		return why // strangers write reports too
	}
	return why + " " + b.Status
}

// statusPattern matches an enhanced status code (RFC 3463 §2).
var statusPattern = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}$`)
