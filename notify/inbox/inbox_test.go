package inbox

import (
	"fmt"
	"testing"

	"junban/notify/message"
)

func TestInbox_KeepsTheNewestOnce(t *testing.T) {
	t.Parallel()
	var in Inbox
	for i := range most + 10 {
		if r := in.Send(t.Context(), message.Message{ID: fmt.Sprint(i)}); r.Outcome != message.Sent {
			t.Fatalf("outcome %s", r.Outcome)
		}
	}
	in.Send(t.Context(), message.Message{ID: "50", Title: "again"})
	all := in.Newest()
	if len(all) != most || all[0].Message.Title != "again" || all[1].Message.ID != fmt.Sprint(most+9) {
		t.Errorf("%d are kept, the newest is %+v", len(all), all[0].Message)
	}
	seen := map[string]bool{}
	for _, i := range all {
		if seen[i.Message.ID] {
			t.Errorf("%s is kept twice", i.Message.ID)
		}
		seen[i.Message.ID] = true
	}
}
