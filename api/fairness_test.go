package api

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"junban/api/limit"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestLimits_ACarriersAddressIsServedAndAnAttackerIsNot plays a business day on a
// real Redis with a clock of its own, through a trusted proxy:
//
//   - 200 patients of one clinic and 2,000 of 50 others take a number in the same
//     moment, all from one IPv4 address, as behind carrier NAT. None is refused.
//   - All day an attacker with an IPv6 /48 takes every number of that clinic that
//     it can get, and asks for every clinic's number. It gets 2 % of the numbers
//     that the web has in a day, and hides no clinic from others.
func TestLimits_ACarriersAddressIsServedAndAnAttackerIsNot(t *testing.T) {
	t.Parallel()
	rdb, set := queuetest.Clocked(t)
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := time.Now().In(zone).AddDate(0, 0, 1).Date()
	start := time.Date(y, m, d, 4, 0, 1, 0, zone) // of a business day
	set(start)
	w := onRedis(t, rdb, behindProxy)
	const others = 50
	for i := range others {
		w.another(fmt.Sprint(7000+i), func(c *clinic.Clinic) { c.Listed = i%2 == 0 })
	}

	var numbers, hidden int
	host := 0
	attack := func() { // from another /64 with each request, until three in a row are refused
		for refused := 0; refused < 3; {
			host++
			a := w.web("1", wire.IssueRequest{})
			a.header = fromAddress(fmt.Sprintf("2001:db8:bad:%x::%x", host%65536, host))
			switch res := w.do(a); res.status {
			case http.StatusCreated:
				numbers, refused = numbers+1, 0
			case http.StatusTooManyRequests:
				refused++
			default:
				t.Fatalf("the attacker gets %d %s", res.status, res.body)
			}
		}
		for refused := 0; refused < 3; hidden++ {
			a := ask{method: "GET", path: fmt.Sprintf("/v1/clinics/%d", 8000+hidden%2000), header: fromAddress(fmt.Sprintf("2001:db8:bad:%x::1", hidden%65536))}
			if res := w.do(a); res.status == http.StatusTooManyRequests {
				refused++
			}
		}
	}
	attack()

	const own, each, clients = 200, 40, 8
	carrier := fromAddress("192.0.2.1")
	var patients sync.WaitGroup
	var next, given, refused atomic.Int64
	for range clients {
		patients.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= own+others*each {
					return
				}
				a := w.web("1", wire.IssueRequest{})
				if n >= own {
					a.path = fmt.Sprintf("/v1/services/%d-1/tickets", 7000+(n-own)%others)
				}
				a.header = carrier
				switch res := w.do(a); res.status {
				case http.StatusCreated:
					given.Add(1)
				default:
					refused.Add(1)
					t.Errorf("patient %d gets %d %s", n, res.status, res.body)
				}
			}
		})
	}
	patients.Wait()
	if given.Load() != own+others*each || refused.Load() != 0 {
		t.Fatalf("%d patients have a number, %d do not", given.Load(), refused.Load())
	}

	for at := start; at.Before(start.Add(24*time.Hour - 2*time.Second)); at = at.Add(10 * time.Minute) {
		set(at)
		attack()
	}
	if most := queue.DefaultBounds.WebLine * 2 / 100; numbers > most || numbers < limit.WebTickets.Net48.Burst {
		t.Errorf("the attacker has %d numbers, want %d at most", numbers, most)
	}
	// Nobody else notices.
	for _, address := range []string{"192.0.2.1", "198.51.100.7", "2001:db8:600d::1"} {
		a := w.web("1", wire.IssueRequest{})
		a.header = fromAddress(address)
		get[wire.Issued](w, 201, a)
		get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/7001", header: fromAddress(address)})
	}
	w.refused(429, "too_many_requests", ask{method: "GET", path: "/v1/clinics/7003", header: fromAddress("2001:db8:bad:1234::1")})

	// What is left in Redis ends by itself, and shows no address.
	keys, err := rdb.Keys(t.Context(), "junban:*:limit:*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("%d buckets: %v", len(keys), err)
	}
	for _, key := range keys {
		life, err := rdb.PTTL(t.Context(), key).Result()
		if full := time.Duration(limit.WebTickets.IPv4.Burst) * limit.WebTickets.IPv4.Every; err != nil || life <= 0 || life > full {
			t.Errorf("%s ends in %s: %v", key, life, err)
		}
	}
}
