package main

import (
	"time"

	"junban/api/wire"
)

// The sample clinic: its boards on a busy morning.
const (
	clinicNumber = "1234"
	clinicName   = "さくら医院"
	clinicPhone  = "03-0000-0000"
	medicine     = "1234-1"
	children     = "1234-2"
	day          = "2026-11-21"
)

var (
	zone = time.FixedZone("JST", 9*60*60)
	now  = time.Date(2026, 11, 21, 10, 23, 45, 0, zone) // a Saturday
)

// at returns a time on the day of the stories.
func at(hour, minute int) wire.Time {
	return wire.Time{Time: time.Date(2026, 11, 21, hour, minute, 0, 0, zone)}
}

func until(hour, minute int) *wire.Time {
	t := at(hour, minute)
	return &t
}

// board returns the board of internal medicine on a busy morning.
func board(change ...func(*wire.Board)) wire.Board {
	b := wire.Board{
		Service: medicine, Name: "内科", Mode: "order", Day: day, Session: "morning", Reception: "open", Availability: "many",
		ClosesAt: until(11, 30), Calling: []wire.Calling{{Number: 23, Room: "1", RoomName: "第1診察室", At: at(10, 21)}},
		Waiting: &wire.Waiting{Tickets: 14, People: 18, Unit: "組"}, WaitMinutes: &wire.WaitRange{Low: 25, High: 40},
		Absent: []int{19, 21}, Line: []int{24, 25, 27, 28, 29, 30, 31, 32, 33},
	}
	for _, c := range change {
		c(&b)
	}
	return b
}

func few(b *wire.Board)  { b.Availability = "few" }
func full(b *wire.Board) { b.Availability = "none" }
func paused(b *wire.Board) {
	b.Reception, b.Availability, b.ClosesAt = "paused", "stopped", nil
}
func closed(b *wire.Board) {
	b.Reception, b.Availability, b.ClosesAt = "closed", "closed", nil
	b.OpensAt = &wire.Time{Time: time.Date(2026, 11, 24, 8, 0, 0, 0, zone)}
}
func before(b *wire.Board) {
	b.Reception, b.Availability, b.ClosesAt, b.OpensAt = "before", "before", nil, until(10, 30)
	empty(b)
}
func empty(b *wire.Board) {
	b.Calling, b.Waiting, b.WaitMinutes = []wire.Calling{}, &wire.Waiting{Unit: "組"}, nil
	b.Absent, b.Line = []int{}, []int{}
}
func withMessage(b *wire.Board) {
	b.Message = &wire.Message{Text: "本日は混み合っています。\n発熱のある方は、来院の前にお電話ください。", Until: until(12, 0)}
}
func unusual(b *wire.Board) {
	b.Notice = &wire.Notice{Reason: "urgent", At: at(10, 15)}
	b.Overrunning = true
	b.WaitNote = "予防接種の方は別にお呼びします"
	b.Calling = append(b.Calling, wire.Calling{Number: 7, Of: children, Room: "2", RoomName: "第2診察室", At: at(10, 18)})
}
func resting(b *wire.Board) {
	b.Resting = []wire.Resting{
		{Room: "2", RoomName: "第2診察室", Duty: "break", Until: until(10, 45)},
		{Room: "3", RoomName: "第3診察室", Duty: "off"},
	}
}

// stopped stops the web desk manually, for a predefined reason or one in the
// clinic's own words.
func stopped(reception, reason string) func(*wire.Board) {
	return func(b *wire.Board) {
		b.Reception, b.Availability, b.ClosesAt, b.StopReason = reception, "stopped", nil, reason
	}
}

// onHoliday closes the clinic for the following holidays.
func onHoliday(b *wire.Board) {
	closed(b)
	empty(b)
	b.DayNotes = []wire.DayNote{
		{From: day, To: day, Closed: true, Reason: "臨時休診（院長出張のため）"},
		{From: "2026-11-22", To: "2026-11-23", Closed: true, Reason: "勤労感謝の日"},
	}
}
func visited(b *wire.Board) {
	b.Guests = []wire.Guest{{Number: 7, Of: children, State: "waiting"}, {Number: 104, Of: "1234-3", State: "waiting"}, {Number: 3, Of: children, State: "absent"}}
}
func firstFull(b *wire.Board) { b.FirstVisit = "none" }
func hidden(b *wire.Board) {
	b.Calling, b.Waiting, b.WaitMinutes, b.Absent, b.Line, b.ClosesAt = nil, nil, nil, nil, nil, nil
}

// another returns the board of another service.
func another(service, name string, number int, change ...func(*wire.Board)) wire.Board {
	b := board(change...)
	b.Service, b.Name = service, name
	for i := range b.Calling {
		b.Calling[i].Number = number + i
		b.Calling[i].Of = ""
	}
	return b
}

func boardFrame(b wire.Board) wire.Frame {
	return wire.Frame{Type: wire.TypeBoard, Topic: "service:" + b.Service, Epoch: "k3f9a1", Version: 512, At: wire.Time{Time: now}, Board: &b}
}

func clinicFrame(boards ...wire.Board) wire.Frame {
	c := wire.Clinic{Clinic: clinicNumber, Name: clinicName, Phone: clinicPhone, Boards: boards}
	return wire.Frame{Type: wire.TypeClinic, Topic: "clinic:" + clinicNumber, Epoch: "k3f9a1", Version: 512, At: wire.Time{Time: now}, Clinic: &c}
}

func names() map[string]string {
	return map[string]string{medicine: "内科", children: "小児科", "1234-3": "皮膚科"}
}
