package watch

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/peer"
	"junban/hub"
)

// TestWatch_IsCountedByAddressAndClinic computes the limits of a watch. The hub refuses
// watches beyond them.
func TestWatch_IsCountedByAddressAndClinic(t *testing.T) {
	t.Parallel()
	wt := &Watch{Peers: peer.New(false, nil, slog.New(slog.DiscardHandler)), WatchersOfHome: 5000, WatchersOfClinic: 50_000}
	r := httptest.NewRequest("GET", "/v1/watch", nil)
	r.RemoteAddr = "[2001:db8::1]:1234"
	want := []hub.Limit{
		{Key: "address 2001:db8::/64", Max: 900}, {Key: "address 2001:db8::/64", Rate: 50},
		{Key: "address 2001:db8::/56", Max: 2250}, {Key: "address 2001:db8::/56", Rate: 125},
		{Key: "address 2001:db8::/48", Max: 4500}, {Key: "address 2001:db8::/48", Rate: 250},
	}
	if diff := cmp.Diff(want, wt.limitsOfAddress(r, hub.Ordinary)); diff != "" {
		t.Errorf("limits of an address (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	want = []hub.Limit{{Key: "address 192.0.2.1", Max: 5000}, {Key: "reserve address 192.0.2.1", Rate: 250}}
	if diff := cmp.Diff(want, wt.limitsOfAddress(r, hub.Privileged)); diff != "" {
		t.Errorf("limits of a desk's address (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "127.0.0.1:1234"
	if limits := wt.limitsOfAddress(r, hub.Ordinary); limits != nil {
		t.Errorf("limits of this machine: %v", limits)
	}
	topics, err := parseTopics([]string{"service:1234-1", "clinic:1234"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]hub.Limit{{Key: "clinic 1234", Max: 45_000}}, wt.limitsOfClinics(topics, claims{})); diff != "" {
		t.Errorf("limits of a clinic (-want +got):\n%s", diff)
	}
}
