package register

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue"
	"junban/queue/rule"
	"junban/queue/typed"
	"junban/register/searchkey"
)

// oldestBirth is the first date of birth that is accepted.
const oldestBirth = "1868-01-25"

// How many characters a field of a member may have, from a form or from a file.
const (
	MostName  = 100 // and kana
	MostPhone = 40
	MostMail  = 254
	MostCard  = 20
	MostMemo  = 2000
)

// MemberRules bound the fields of a member.
var MemberRules = rule.Table[MemberFields]{
	rule.Text("name", 0, MostName, func(f *MemberFields) *string { return &f.Name }),
	rule.Text("kana", 0, MostName, func(f *MemberFields) *string { return &f.Kana }),
	rule.OptionalForm("birth", rule.NotDate, rule.IsDate, func(f *MemberFields) *string { return &f.Birth }),
	rule.OptionalChoice("sex", queue.Sexes, func(f *MemberFields) *string { return &f.Sex }),
	rule.Text("phone", 0, MostPhone, func(f *MemberFields) *string { return &f.Phone }),
	rule.Text("mail", 0, MostMail, func(f *MemberFields) *string { return &f.Mail }),
	rule.Text("card", 0, MostCard, func(f *MemberFields) *string { return &f.Card }),
	rule.Lines("memo", 0, MostMemo, func(f *MemberFields) *string { return &f.Memo }),
	rule.List("tags", 0, 20, func(f *MemberFields) []string { return f.Tags }, rule.Table[string]{rule.Text("", 1, 30, rule.Itself[string])}),
}

// Clean returns the fields as they are stored, or an [InvalidError]. It removes white
// space around texts and repeated tags, and writes the date of birth as 1980-02-29. A
// member has a name or its kana.
func (f MemberFields) Clean(now time.Time) (MemberFields, error) {
	texts := []struct {
		path string
		text *string
	}{{"name", &f.Name}, {"kana", &f.Kana}, {"birth", &f.Birth}, {"sex", &f.Sex}, {"phone", &f.Phone}, {"mail", &f.Mail}, {"card", &f.Card}, {"memo", &f.Memo}}
	var errs []rule.Error
	broken := func(path, text string) bool {
		// The decoder of JSON turns half a surrogate into this character too.
		if !strings.ContainsRune(text, utf8.RuneError) {
			return false
		}
		errs = append(errs, rule.Wrong(path, rule.Characters))
		return true
	}
	for _, t := range texts {
		if broken(t.path, *t.text) {
			*t.text = ""
		}
		*t.text = typed.Bare(*t.text)
	}
	f.Memo = strings.ReplaceAll(f.Memo, "\r\n", "\n")
	f.Card = typed.Card(f.Card)
	tags := []string{}
	for _, tag := range f.Tags {
		if tag = typed.Bare(tag); !broken("tags", tag) && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	f.Tags = tags
	if date, ok := searchkey.Birth(f.Birth); ok {
		f.Birth = date
	}
	errs = append(errs, MemberRules.Check(&f, "")...)
	if f.Name == "" && f.Kana == "" && len(errs) == 0 {
		errs = append(errs, rule.Wrong("name", rule.Missing))
	}
	if rule.IsDate(f.Birth) && (f.Birth < oldestBirth || f.Birth > now.Add(24*time.Hour).Format(time.DateOnly)) { // in any zone
		errs = append(errs, rule.Wrong("birth", rule.NotPast, "value", f.Birth))
	}
	if f.Phone != "" && !searchkey.IsPhone(f.Phone) {
		errs = append(errs, rule.Wrong("phone", rule.NotPhone, "value", f.Phone))
	}
	if f.Mail != "" && !typed.IsMail(f.Mail) {
		errs = append(errs, rule.Wrong("mail", rule.NotMail, "value", f.Mail))
	}
	return f, invalid(oneOfEach(errs))
}

// oneOfEach keeps the first error of each field.
func oneOfEach(errs []rule.Error) (kept []rule.Error) {
	for _, e := range errs {
		if !slices.ContainsFunc(kept, func(k rule.Error) bool { return k.Path == e.Path }) {
			kept = append(kept, e)
		}
	}
	return kept
}

// memberKeys are what searches compare of a member.
type memberKeys struct {
	name, kana, loose, phone, phoneBack, card string
	grams                                     int64
}

func (f MemberFields) keys() memberKeys {
	phone, kana := searchkey.Phone(f.Phone), cmp.Or(f.Kana, f.Name) // so that members without kana come last
	return memberKeys{
		name: searchkey.Name(f.Name), kana: searchkey.Kana(kana), loose: searchkey.Loose(kana),
		phone: phone, phoneBack: searchkey.Back(phone), card: searchkey.Card(f.Card), grams: searchkey.Grams(f.Name, f.Kana),
	}
}
