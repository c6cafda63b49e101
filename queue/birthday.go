package queue

import (
	"fmt"
	"time"
)

// Birthday is a date of birth, such as 19900131; 0 where it is not known. As text, also in
// Redis, it is "1990-01-31". It takes four bytes, see [Patient].
type Birthday uint32

// BirthdayOf returns the date of a text such as "1990-01-31", 0 for any other text.
func BirthdayOf(text string) Birthday {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0
	}
	return Birthday(at.Year()*10000 + int(at.Month())*100 + at.Day())
}

// String returns the text, "" where the date is not known.
func (b Birthday) String() string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", b/10000, b/100%100, b%100)
}

// MarshalText returns String.
func (b Birthday) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what MarshalText returns. It fails for a text that is no date.
func (b *Birthday) UnmarshalText(text []byte) error {
	if *b = BirthdayOf(string(text)); *b == 0 && len(text) > 0 {
		return fmt.Errorf("%q is no date of birth", text)
	}
	return nil
}
