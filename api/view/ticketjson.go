package view

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"junban/api/wire"
)

// object is a JSON object that is being written. Its texts are those of encoding/json,
// without reflection and without an allocation of each value.
type object []byte

func (o *object) begin() { *o = append(*o, '{') }
func (o *object) end()   { *o = append(*o, '}') }

func (o *object) key(name string) {
	if last := len(*o) - 1; (*o)[last] != '{' {
		*o = append(*o, ',')
	}
	*o = append(append(append(*o, '"'), name...), '"', ':')
}

func (o *object) text(name, s string) {
	o.key(name)
	*o = appendString(*o, s)
}

func (o *object) textIfAny(name, s string) {
	if s != "" {
		o.text(name, s)
	}
}

func (o *object) number(name string, n int) {
	o.key(name)
	*o = strconv.AppendInt(*o, int64(n), 10)
}

func (o *object) numberIfAny(name string, n int) {
	if n != 0 {
		o.number(name, n)
	}
}

func (o *object) flag(name string, is bool) {
	o.key(name)
	*o = strconv.AppendBool(*o, is)
}

func (o *object) flagIfSet(name string, is bool) {
	if is {
		o.flag(name, is)
	}
}

func (o *object) time(name string, t wire.Time) {
	o.key(name)
	*o = append(t.AppendFormat(append(*o, '"'), wire.Layout), '"')
}

func (o *object) timeIfAny(name string, t *wire.Time) {
	if t != nil {
		o.time(name, *t)
	}
}

func (o *object) texts(name string, all []string) {
	o.key(name)
	if all == nil {
		*o = append(*o, "null"...)
		return
	}
	*o = append(*o, '[')
	for i, s := range all {
		if i > 0 {
			*o = append(*o, ',')
		}
		*o = appendString(*o, s)
	}
	*o = append(*o, ']')
}

// appendString appends a JSON string. Texts with characters that encoding/json escapes or
// replaces are left to it.
func appendString(b []byte, s string) []byte {
	if !plain(s) {
		escaped, _ := json.Marshal(s) // a string has no error
		return append(b, escaped...)
	}
	return append(append(append(b, '"'), s...), '"')
}

// plain reports whether encoding/json writes a string as it is.
func plain(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s) && !strings.Contains(s, "\u2028") && !strings.Contains(s, "\u2029")
}

// appendTicket appends the JSON of a desk's ticket. It is that of [json.Marshal].
func appendTicket(b []byte, t *wire.StaffTicket) []byte {
	o := object(b)
	o.begin()
	o.text("id", t.ID)
	o.text("service", t.Service)
	o.text("serviceName", t.ServiceName)
	o.text("day", t.Day)
	o.number("number", t.Number)
	o.textIfAny("session", t.Session)
	o.textIfAny("slot", t.Slot)
	o.textIfAny("slotEnd", t.SlotEnd)
	o.timeIfAny("slotFrom", t.SlotFrom)
	o.timeIfAny("slotTo", t.SlotTo)
	o.textIfAny("lineSlot", t.LineSlot)
	o.flagIfSet("late", t.Late)
	o.timeIfAny("arrivedAt", t.ArrivedAt)
	o.textIfAny("movedTo", t.MovedTo)
	o.textIfAny("movedFrom", t.MovedFrom)
	o.text("state", t.State)
	o.textIfAny("presence", t.Presence)
	o.textIfAny("reason", t.Reason)
	o.textIfAny("lane", t.Line)
	o.textIfAny("laneName", t.LineName)
	o.number("partySize", t.PartySize)
	if t.Ahead != nil {
		o.number("ahead", *t.Ahead)
	}
	o.textIfAny("unit", t.Unit)
	o.numberIfAny("comeAt", t.ComeAt)
	if w := t.WaitMinutes; w != nil {
		o.key("waitMinutes")
		o.begin()
		o.number("low", w.Low)
		o.number("high", w.High)
		o.timeIfAny("at", w.At)
		o.end()
	}
	o.textIfAny("room", t.Room)
	o.textIfAny("roomName", t.RoomName)
	o.numberIfAny("attempt", t.Attempt)
	o.flagIfSet("returned", t.Returned)
	o.text("todo", t.Todo)
	o.text("advice", t.Advice)
	o.timeIfAny("startsAt", t.StartsAt)
	if a := t.Absence; a != nil {
		o.key("absence")
		o.begin()
		o.text("rule", a.Rule)
		o.number("back", a.Back)
		o.flag("thenTail", a.ThenTail)
		o.number("maxCalls", a.MaxCalls)
		o.number("cooldown", a.Cooldown)
		o.number("tolerance", a.Tolerance)
		o.end()
	}
	o.flagIfSet("overrunning", t.Overrunning)
	if n := t.Notice; n != nil {
		o.key("notice")
		o.begin()
		o.text("reason", n.Reason)
		o.time("at", n.At)
		o.end()
	}
	o.flag("cancellable", t.Cancellable)
	o.timeIfAny("cancelUntil", t.CancelUntil)
	o.textIfAny("whyNot", t.WhyNot)
	o.time("issuedAt", t.IssuedAt)
	o.timeIfAny("calledAt", t.CalledAt)
	o.timeIfAny("endedAt", t.EndedAt)
	o.text("name", t.Name)
	o.text("phone", t.Phone)
	o.text("cardNumber", t.CardNumber)
	o.textIfAny("kana", t.Kana)
	o.textIfAny("birth", t.Birth)
	o.textIfAny("sex", t.Sex)
	o.textIfAny("mail", t.Mail)
	o.textIfAny("symptoms", t.Symptoms)
	o.textIfAny("memo", t.Memo)
	o.flagIfSet("consent", t.Consent)
	o.flag("firstVisit", t.FirstVisit)
	o.textIfAny("kind", t.Kind)
	o.text("channel", t.Channel)
	o.textIfAny("mark", t.Mark)
	o.textIfAny("twin", t.Twin)
	o.number("leg", t.Leg)
	o.flagIfSet("toEnd", t.ToEnd)
	o.texts("acts", t.Acts)
	o.text("lastAct", t.LastAct)
	if n := t.Notified; n != nil {
		o.key("notified")
		o.begin()
		o.text("kind", n.Kind)
		o.text("channel", n.Channel)
		o.text("state", n.State)
		o.time("at", n.At)
		o.end()
	}
	o.textIfAny("affected", t.Affected)
	o.timeIfAny("endsAt", t.EndsAt)
	o.text("rev", t.Rev)
	o.end()
	return o
}
