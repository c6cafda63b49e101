package queue_test

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// mornings is a timetable of one session on every day.
func mornings(to string) *hours.Calendar {
	c := &hours.Calendar{Weekly: map[string][]hours.Frame{}}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		c.Weekly[d] = []hours.Frame{{Session: hours.Morning, Consult: hours.Span{From: "09:00", To: hours.Clock(to)}}}
	}
	return c
}

// TestAffectedBy_ReadsThousandsOfClinicsInPipelines lists the tickets that a file of
// clinics takes a session from. It changes nothing, and its round trips do not grow
// with the clinics.
func TestAffectedBy_ReadsThousandsOfClinicsInPipelines(t *testing.T) {
	t.Parallel()
	server := queuetest.NewServer(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr})
	t.Cleanup(func() { rdb.Close() })
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const clinics = 1_200
	var next []clinic.Clinic
	var day clinic.Day
	for n := range clinics {
		c := queuetest.Clinic(n)
		c.Zone, c.Calendar = queuetest.Noon(), mornings("12:00")
		c.Services[0].Booking = clinic.Booking{Days: 3}
		if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
			t.Fatal(err)
		}
		if n%300 == 7 { // four of them have bookings, on two days
			offers, err := s.Offers(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				q := queue.Request{Channel: "desk", Party: 1, Day: offers[i%2].Day, Patient: queue.Patient{Name: fmt.Sprint("患者", i), Phone: "0901111222" + fmt.Sprint(i)}}
				booked, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, q, queue.Act{By: clinic.Actor{Kind: "staff"}})
				if err != nil {
					t.Fatal(err)
				}
				if i == 3 {
					if _, err := s.Do(t.Context(), booked.ID, queue.Cancel, queue.Act{By: clinic.Actor{Kind: "staff"}}); err != nil {
						t.Fatal(err)
					}
				}
			}
			day = offers[0].Day
		}
		c.Calendar = mornings("11:00")
		next = append(next, c)
	}
	next = append(next, queuetest.Clinic(clinics)) // one that is not there yet

	count := &queuetest.Counter{}
	rdb.AddHook(count)
	list := func(next []clinic.Clinic) (found []queue.AffectedClinic) {
		t.Helper()
		for l, err := range s.AffectedBy(t.Context(), next) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, l)
		}
		return found
	}
	found := list(next)
	if n := count.Sent.Load(); n > 12 {
		t.Errorf("%d clinics take %d round trips", len(next), n)
	}
	if len(found) != 4 || found[0].Clinic.ID != "0007" || found[3].Clinic.ID != "0907" {
		t.Fatalf("found %d clinics", len(found))
	}
	for _, l := range found {
		if len(l.Tickets) != 3 || l.Tickets[0].ID.Day() != day || l.Tickets[0].Patient.Name != "患者0" || l.Tickets[1].Patient.Phone != "09011112222" {
			t.Errorf("of clinic %s %+v", l.Clinic.ID, l.Tickets)
		}
	}
	reserved, err := s.Reserved(t.Context(), "0007")
	if err != nil {
		t.Fatal(err)
	}
	if reserved[0].Cut != (queue.Cut{}) {
		t.Error("to list is to change")
	}
	for i := range next {
		next[i].Calendar = mornings("13:00")
	}
	if found := list(next); len(found) != 0 {
		t.Errorf("longer sessions take %+v", found)
	}
	for i := range next {
		next[i].Calendar = nil
	}
	if found := list(next); len(found) != 0 {
		t.Errorf("no timetable takes %+v", found)
	}
}
