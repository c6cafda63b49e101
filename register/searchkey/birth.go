package searchkey

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// eras are the years of Japan since 1868, with the day on which each begins.
var eras = []struct {
	names string
	first string
}{
	{"明治|明|M", "1868-01-25"}, {"大正|大|T", "1912-07-30"}, {"昭和|昭|S", "1926-12-25"}, {"平成|平|H", "1989-01-08"}, {"令和|令|R", "2019-05-01"},
}

var (
	ofEra    = regexp.MustCompile(`^(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])([0-9]{1,2}|元)[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?$`)
	ofWest   = regexp.MustCompile(`^([0-9]{4})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?$`)
	together = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})$`)
)

// Birth returns a date of birth as 1980-02-29. It reads full-width digits, dates such as
// 1980/2/29, 19800229 and 1980年2月29日, and the years of an era, such as 昭和55年2月29日 or
// S55.2.29. It returns false for any other text, and for a date that does not exist or is
// not in the era.
func Birth(s string) (date string, ok bool) {
	s = norm.NFKC.String(strings.ToValidUTF8(s, ""))
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		switch r {
		case '−', '‐', '‑', '–', '—', '―', 'ー', '─':
			return '-'
		case '・':
			return '.'
		}
		if dropped(r) {
			return -1
		}
		return r
	}, s))
	if m := ofEra.FindStringSubmatch(s); m != nil {
		return eraDate(m[1], m[2], m[3], m[4])
	}
	for _, form := range []*regexp.Regexp{ofWest, together} {
		if m := form.FindStringSubmatch(s); m != nil {
			return dateOf(m[1], m[2], m[3])
		}
	}
	return "", false
}

// dateOf returns the date of texts of digits.
func dateOf(year, month, day string) (string, bool) {
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	s := fmt.Sprintf("%s-%02d-%02d", year, m, d)
	_, err := time.Parse(time.DateOnly, s)
	return s, err == nil
}

// eraDate returns the date of an era's year. An era ends on the day on which the next
// begins, which belongs to both.
func eraDate(name, year, month, day string) (string, bool) {
	n := 1
	if year != "元" {
		n, _ = strconv.Atoi(year)
	}
	for i, era := range eras {
		if !strings.Contains("|"+era.names+"|", "|"+name+"|") {
			continue
		}
		first, _ := strconv.Atoi(era.first[:4])
		date, ok := dateOf(strconv.Itoa(first+n-1), month, day)
		if !ok || n < 1 || date < era.first || i+1 < len(eras) && date > eras[i+1].first {
			return "", false
		}
		return date, true
	}
	return "", false
}
