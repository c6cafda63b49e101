package clinic

import "junban/queue/hours"

// DaySeats are the seats of a weekday of the timetable, without its exceptions.
type DaySeats struct {
	Weekday   string // mon to sun
	Slots     int
	Web, Desk *int // nil: no bound
}

// SeatsAWeek returns the seats of each weekday of a service in slot mode, from Monday to
// Sunday. It is nil in order mode and without a timetable. The seats of dates do not
// count.
func (c Clinic) SeatsAWeek(s Service) []DaySeats {
	calendar, timed := c.Timetable(s)
	if !timed || !s.BySlot() {
		return nil
	}
	var week []DaySeats
	for _, weekday := range hours.Weekdays() {
		day := DaySeats{Weekday: weekday, Web: new(0), Desk: new(0)}
		for _, slot := range calendar.SlotsOn(weekday, s.Slot.Minutes) {
			web, desk := s.SeatsOf("", weekday, slot.Session, slot.Start)
			day.Slots++
			day.Web, day.Desk = AddSeats(day.Web, web), AddSeats(day.Desk, desk)
		}
		week = append(week, day)
	}
	return week
}

// AddSeats adds two numbers of seats. Without a bound of one, the sum has none.
func AddSeats(a, b *int) *int {
	if a == nil || b == nil {
		return nil
	}
	return new(*a + *b)
}
