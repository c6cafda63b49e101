package simulate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"junban/api/wire"
)

// arrivals lets patients arrive one by one: slightly faster than two doctors
// can serve, and slower when many are waiting.
func (d *day) arrivals(ctx context.Context) error {
	mean := 140 * time.Second
	if d.waiting() >= maxWaiting {
		mean *= 4
	}
	d.after(d.exponential(mean), "arrivals", d.arrivals)
	return d.arrive(ctx)
}

func (d *day) waiting() (n int) {
	for _, s := range d.services {
		n += s.waiting
	}
	return n
}

// look reads how many tickets of a service wait.
func (d *day) look(ctx context.Context, s *service) error {
	var board wire.Frame
	err := d.ask(ctx, http.MethodGet, "/v1/services/"+s.ref+"/board", nil, &board)
	if err == nil && board.Board != nil && board.Board.Waiting != nil {
		s.waiting = board.Board.Waiting.Tickets
	}
	return err
}

// arrive lets one party take a ticket, on the web or at the desk.
func (d *day) arrive(ctx context.Context) error {
	s := d.pick()
	if err := d.look(ctx, s); err != nil {
		return err
	}
	r := d.request(s)
	channel := "/walkins"
	if d.chance(0.6) {
		channel = "/tickets"
	}
	var got wire.Issued
	err := d.ask(ctx, http.MethodPost, "/v1/services/"+s.ref+channel, r, &got)
	var refused problem
	if errors.As(err, &refused) && (refused.Code == "reception_paused" || refused.Code == "reception_closed") {
		channel = "/walkins" // they come to the desk instead
		err = d.ask(ctx, http.MethodPost, "/v1/services/"+s.ref+channel, r, &got)
	}
	if err != nil {
		return err
	}
	id := got.Ticket.ID
	d.waits(id, got)
	if channel == "/tickets" && d.chance(0.7) {
		d.after(d.between(5*time.Second, time.Minute), "want", func(ctx context.Context) error { return d.want(ctx, id) })
	}
	if got.CancelCode != "" && d.chance(0.06) {
		d.after(d.between(2*time.Minute, 12*time.Minute), "cancel", func(ctx context.Context) error { return d.cancel(ctx, id) })
	}
	return nil
}

// request returns that of a new party.
func (d *day) request(s *service) wire.IssueRequest {
	r := wire.IssueRequest{PartySize: 1, FirstVisit: d.chance(0.15), Patient: wire.Patient{Name: d.name(), Phone: d.phone()}}
	if d.chance(0.2) {
		r.PartySize = min(s.maxParty, 2+d.rand.IntN(2))
	}
	if !r.FirstVisit {
		r.Patient.CardNumber = fmt.Sprintf("%05d", d.rand.IntN(100000))
	}
	if len(s.kinds) > 0 {
		r.Kind = s.kinds[d.rand.IntN(len(s.kinds))]
	}
	return r
}

// waits records a patient who waits in the clinic, and forgets it after half a day.
func (d *day) waits(id string, got wire.Issued) {
	d.patients[id] = patient{token: got.Token, code: got.CancelCode, misses: d.chance(0.1)}
	d.after(12*time.Hour, "forget", func(context.Context) error { delete(d.patients, id); return nil })
}

// pick returns a random service in order mode. The first gets most patients.
func (d *day) pick() *service {
	if d.chance(0.6) {
		return d.byOrder[0]
	}
	return d.byOrder[d.rand.IntN(len(d.byOrder))]
}

// cancel cancels a ticket that is still waiting.
func (d *day) cancel(ctx context.Context, id string) error {
	p, waits := d.patients[id]
	if !waits {
		return nil
	}
	delete(d.patients, id)
	return d.askAs(ctx, p.token, "/v1/tickets/"+id+"/cancel", wire.CancelRequest{CancelCode: p.code}, nil)
}

// languages are those of simulated pages. Most patients read Japanese.
var languages = []string{"ja", "ja", "ja", "ja", "ja-x-easy", "en", "zh-Hans", "ko", "vi", "pt"}

// want asks for notices in the inbox of the demo. A server without notices refuses.
func (d *day) want(ctx context.Context, id string) error {
	p, waits := d.patients[id]
	if !waits {
		return nil
	}
	travel := []int{0, 10, 20, 30}[d.rand.IntN(4)]
	want := wire.NewWant{Channel: "inbox", Inbox: d.name(), Travel: &travel, Ahead: 2 + d.rand.IntN(5), Language: languages[d.rand.IntN(len(languages))]}
	err := d.send(ctx, http.MethodPut, "/v1/tickets/"+id+"/wants", p.token, wire.WantsRequest{Consent: wire.ConsentVersion, Wants: []wire.NewWant{want}}, nil)
	if refused := (problem{}); errors.As(err, &refused) && (refused.Code == "field_invalid" || refused.Code == "state_forbids" || refused.Code == "not_found" || refused.Code == "method_not_allowed") {
		return nil
	}
	return err
}

// call calls the next patient of a room, from the longest line. current is the
// ticket that the doctor finishes; "" finishes any ticket in the room.
func (d *day) call(ctx context.Context, room, current string) error {
	retry := func(ctx context.Context) error { return d.call(ctx, room, current) }
	first := 0
	for i, s := range d.services {
		if s.waiting > d.services[first].waiting {
			first = i
		}
	}
	if d.chance(0.3) { // the figures may be hidden or outdated
		first = d.rand.IntN(len(d.services))
	}
	for i := range d.services {
		s := &d.services[(first+i)%len(d.services)]
		var got wire.TicketAnswer
		err := d.ask(ctx, http.MethodPost, "/v1/services/"+s.ref+"/call", wire.CallRequest{Room: room, Current: current}, &got)
		var refused problem
		if errors.As(err, &refused) && slices.Contains([]string{"line_empty", "slot_later", "room_unknown"}, refused.Code) {
			s.waiting = 0
			continue
		}
		if errors.As(err, &refused) && refused.Code == "room_changed" { // by a user of the demo's desk; wait until they are gone
			d.after(10*time.Minute, "call", func(ctx context.Context) error { return d.call(ctx, room, "") })
			return nil
		}
		if err != nil {
			d.after(time.Minute, "call", retry)
			return err
		}
		s.waiting = max(0, s.waiting-1)
		d.called(room, got.Ticket.ID)
		return nil
	}
	d.after(time.Minute, "call", retry)
	return nil
}

// called plans what happens to a ticket that was called.
func (d *day) called(room, id string) {
	next := func(ctx context.Context) error { return d.call(ctx, room, "nobody") }
	p := d.patients[id]
	delete(d.patients, id)
	if p.misses {
		d.after(time.Minute, "recall", d.act(id, "recall"))
		d.after(2*time.Minute, "absent", d.act(id, "absent"))
		d.after(2*time.Minute+10*time.Second, "call", next)
		d.after(d.between(6*time.Minute, 16*time.Minute), "return", d.act(id, "return"))
		return
	}
	in := d.between(15*time.Second, 50*time.Second)
	out := in + d.consultation()
	d.after(in, "enter", d.act(id, "enter"))
	d.after(out, "finish", d.act(id, "finish"))
	d.after(out+d.between(5*time.Second, 30*time.Second), "call", next)
}

func (d *day) act(id, act string) func(context.Context) error {
	return func(ctx context.Context) error {
		return d.ask(ctx, http.MethodPost, "/v1/tickets/"+id+"/"+act, nil, nil)
	}
}

// name returns an invented name.
func (d *day) name() string {
	family := []string{"青葉", "朝日野", "泉原", "海老沼", "小鳩", "霞谷", "草薙", "桜庭", "汐見", "鈴懸", "高砂", "月岡", "遠野", "苗代", "花笠", "日向野", "藤袴", "水無瀬", "紅葉", "若竹"}
	given := []string{"あおい", "いつき", "うた", "かえで", "こはる", "さくら", "しおり", "すみれ", "そら", "たける", "つばさ", "なぎさ", "はると", "ひかり", "ふみ", "まこと", "みのり", "ゆづき", "りく", "わかな"}
	return family[d.rand.IntN(len(family))] + " " + given[d.rand.IntN(len(given))]
}

// phone returns a phone number that is not assigned.
func (d *day) phone() string { return fmt.Sprintf("0900000%04d", d.rand.IntN(10000)) }
