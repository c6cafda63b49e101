package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"junban/account"
	"junban/internal/redisdb"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/typed"
)

// The demo clinic and its one user.
const (
	demoClinicID = clinic.ID("1234")
	demoUser     = "demo"
)

// demo is the demo clinic and the current password of its user.
type demo struct {
	clinic   clinic.Clinic
	password string
}

func demoClinic() clinic.Clinic {
	service := clinic.Service{WebCancel: true, Hide: []string{}}
	service.FillDefaults()
	medicine, children := service, service
	medicine.ID, medicine.Name, medicine.Unit = "1", "内科", "組"
	children.FillSlotDefaults()
	children.ID, children.Name, children.Unit = "2", "小児科", "人"
	children.Slot.Minutes, children.Slot.Web, children.Slot.Desk = 60, new(8), new(6)
	children.Slot.Lead, children.Slot.Reach, children.Slot.NoShow = 5, 60, new(30)
	children.Capacity.Few = 2
	children.Booking.Days = 14
	children.Kinds = []clinic.Kind{{ID: "visit", Name: "診察"}, {ID: "shot", Name: "予防接種"}, {ID: "checkup", Name: "乳幼児健診", Seats: 2}}
	children.Note = "予約の時間帯ごとに、来院した順にご案内します"
	children.Calendar = demoSlots()
	c := clinic.Clinic{
		ID: demoClinicID, Name: "じゅんばんクリニック", Address: "東京都じゅんばん区1-2-3（見本）", Phone: "03-0000-0000",
		Area: "東京都じゅんばん区", Departments: []string{"内科", "小児科"},
		Hours: "月〜金 9:00〜12:00 15:00〜18:30\n土 9:00〜12:30\n日曜・祝日は休診\n小児科は時間帯予約（見本では24時間）", Listed: true,
		Services:  []clinic.Service{medicine, children},
		AutoPause: new(0), // --simulate runs it faster than real time
		Rooms: []clinic.Room{
			{ID: "1", Name: "第1診察室", Services: []string{"1", "2"}},
			{ID: "2", Name: "第2診察室", Services: []string{"1", "2"}},
		},
	}
	c.FillDefaults()
	return c
}

// demoSlots is the timetable of the demo's service in slot mode. It has slots at every
// hour, so that the demo can be tried at any.
func demoSlots() *hours.Calendar {
	c := &hours.Calendar{Weekly: map[string][]hours.Frame{}}
	for _, weekday := range hours.Weekdays() {
		c.Weekly[weekday] = []hours.Frame{
			{Session: hours.Morning, Consult: hours.Span{From: "04:00", To: "12:00"}},
			{Session: hours.Afternoon, Consult: hours.Span{From: "12:00", To: "18:00"}},
			{Session: hours.Evening, Consult: hours.Span{From: "18:00", To: "28:00"}},
		}
	}
	return c
}

// seedDemo creates the demo clinic in an empty embedded store. On later starts
// it finds the clinic again. The user gets a password at every start, from
// JUNBAN_DEMO_PASSWORD or generated: the store has only the hash. It returns
// nil if this store has no demo.
func (p *program) seedDemo(ctx context.Context, st *redisdb.DB, store *queue.Store, accounts *account.Store) (*demo, error) {
	if !st.Private {
		return nil, nil
	}
	clinics, err := store.Clinics(ctx)
	if err != nil {
		return nil, err
	}
	if len(clinics) == 0 {
		if err := store.PutClinic(ctx, demoClinic(), queue.Act{By: clinic.Actor{Kind: "system"}}); err != nil {
			return nil, fmt.Errorf("creating the demo clinic: %w", err)
		}
	}
	// An operator may have replaced the demo clinic by a clinic with this
	// number.
	c, err := store.Clinic(ctx, demoClinicID)
	if errors.Is(err, clinic.ErrNoClinic) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if d := demoClinic(); c.Name != d.Name || c.Address != d.Address {
		return nil, nil
	}
	password := p.getenv("JUNBAN_DEMO_PASSWORD")
	if password == "" {
		password = newPassword()
	}
	if err := putUser(ctx, accounts, c.ID, demoUser, account.RoleAdmin, password); err != nil {
		return nil, fmt.Errorf("creating the demo user: %w", err)
	}
	return &demo{c, password}, nil
}

// printURLs prints the addresses of the screens.
func (p *program) printURLs(public net.Addr, d *demo) {
	here, other := p.origins(public)
	var b strings.Builder
	fmt.Fprintf(&b, "\njunban %s serves on %s\n\n", version(), here)
	if d != nil {
		fmt.Fprintf(&b, "  The demo clinic %s, %s\n\n", d.clinic.ID, typed.Escape(d.clinic.Name))
		for _, s := range d.clinic.Services {
			fmt.Fprintf(&b, "  patient   %s/s/%s-%s   %s\n", here, d.clinic.ID, s.ID, typed.Escape(s.Name))
		}
		fmt.Fprintf(&b, "  screen    %s/display/%s\n", here, d.clinic.ID)
		fmt.Fprintf(&b, "  desk      %s/staff\n", here)
		fmt.Fprintf(&b, "  books     %s/books   members, bookings, files\n", here)
		fmt.Fprintf(&b, "            clinic %s   user %s   password %s\n", d.clinic.ID, demoUser, d.password)
		fmt.Fprintf(&b, "  notices   %s/demo/inbox   what simulated patients are sent\n", here)
		fmt.Fprintf(&b, "  partner   %s/partner/sample   a page of another site that shows the board\n\n", other)
	}
	fmt.Fprint(p.stdout, b.String())
}

// origins returns two URLs of the listener on this machine. Where possible they
// differ in the host name: a browser then takes the second one for another
// site. With --tls-domain, both are of the first domain.
func (p *program) origins(public net.Addr) (here, other string) {
	scheme := "http://"
	if p.TLSCert != "" || len(p.TLSDomains) > 0 {
		scheme = "https://"
	}
	a, err := netip.ParseAddrPort(public.String())
	switch {
	case err != nil:
		return scheme + public.String(), scheme + public.String()
	case len(p.TLSDomains) > 0 && a.Port() == 443:
		here = scheme + p.TLSDomains[0]
		return here, here
	case len(p.TLSDomains) > 0:
		here = fmt.Sprintf("%s%s:%d", scheme, p.TLSDomains[0], a.Port())
		return here, here
	}
	here, other = scheme+a.String(), scheme+a.String()
	if ip := a.Addr().Unmap(); ip.IsUnspecified() || ip.IsLoopback() {
		here = fmt.Sprintf("%slocalhost:%d", scheme, a.Port())
		other = fmt.Sprintf("%s127.0.0.1:%d", scheme, a.Port())
	}
	return here, other
}
