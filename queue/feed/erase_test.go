package feed_test

import (
	"testing"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestErasePatients_LeavesEveryDesk has a desk that shows a name when it is erased. The
// ticket stays, and the person may take another one.
func TestErasePatients_LeavesEveryDesk(t *testing.T) {
	t.Parallel()
	s, err := queue.NewStore(queuetest.Redis(t), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	var ids []queue.TicketID
	for _, name := range []string{"花子", "太郎"} {
		i, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: name}, Persons: []string{"of " + name}}, queue.Act{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i.ID)
	}
	desk, _ := follow(t, s, c.ID)
	desk.until("both names", func(s *queue.Snapshot) bool { return len(s.Patients) == 2 })
	for _, want := range []int{1, 0} {
		if n, err := s.ErasePatients(t.Context(), c.ID, ids[:1]); err != nil || n != want {
			t.Errorf("%d patients were erased, want %d: %v", n, want, err)
		}
	}
	desk.until("one name", func(s *queue.Snapshot) bool {
		return len(s.Patients) == 1 && s.Patients[ids[1]].Name == "太郎"
	})
	if got, err := s.Ticket(t.Context(), ids[0]); err != nil || got.State != queue.Waiting {
		t.Errorf("the ticket is %+v, %v", got, err)
	}
	queuetest.Sound(t, t.Context(), s, c.ID)
	if _, err := s.ErasePatients(t.Context(), "0000", ids); err == nil {
		t.Error("tickets of another clinic were accepted")
	}
}
