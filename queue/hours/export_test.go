package hours

import "time"

// WebHours is when the web is served at all on a date.
func (c Calendar) WebHours(date string, loc *time.Location) Window {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Window{}
	}
	return c.open(d).window(d, loc)
}
