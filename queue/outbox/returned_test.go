package outbox_test

import (
	"testing"

	"junban/queue/outbox"
)

func TestReturned_SuppressesAtOnceOrAfterThree(t *testing.T) {
	everywhere(t, func(b *bench) {
		returned := func(hash string, gone, want bool) {
			b.Helper()
			got, err := b.box.Returned(b.Context(), b.clinic.ID, outbox.Mail, hash, "returned 5.2.2", gone)
			b.fine(err)
			why, err := b.box.Suppressed(b.Context(), b.clinic.ID, outbox.Mail, hash)
			b.fine(err)
			if got != want || (why != "") != want {
				b.Errorf("suppressed %v with %q, want %v", got, why, want)
			}
		}
		gone, full := b.box.Hash(mail("a").Address), b.box.Hash(mail("b").Address)
		returned(gone, true, true)
		returned(full, false, false)
		returned(full, false, false)
		returned(full, false, true)
	})
}
