package secret

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"junban/queue"
)

// slotBreak stands behind the session of a claim where the ticket has a slot.
const slotBreak = "@"

// claimedSlot is what a token carries of a ticket's slot, behind its session: start and
// end, the instants of both in minutes, and the weight. It is "" in order mode.
func claimedSlot(t queue.Ticket) string {
	if t.Slot == "" {
		return ""
	}
	minutes := func(at time.Time) string { return strconv.FormatInt(at.Unix()/60, 36) }
	return slotBreak + fmt.Sprintf("%s %s %s %s %d", t.Slot, t.SlotEnd, minutes(t.SlotFrom), minutes(t.SlotTo), t.Weight)
}

// readSlot adds to a claim what [claimedSlot] wrote, without the break. It is false where
// it did not.
func readSlot(text string, c *queue.Claim) bool {
	f := strings.Fields(text)
	if len(f) != 5 {
		return false
	}
	from, errFrom := strconv.ParseInt(f[2], 36, 64)
	to, errTo := strconv.ParseInt(f[3], 36, 64)
	weight, err := strconv.Atoi(f[4])
	c.Slot, c.SlotEnd, c.SlotFrom, c.SlotTo, c.Weight = f[0], f[1], time.Unix(from*60, 0), time.Unix(to*60, 0), weight
	return errFrom == nil && errTo == nil && err == nil
}
