package register

import (
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Words are what a file shows instead of ids: the language of its header, the clinic's
// zone, and names.
type Words struct {
	Language string            `json:"language"`           // "ja" or "en"
	Zone     string            `json:"zone"`               // "": UTC
	Services map[string]string `json:"services,omitempty"` // names by id
	Rooms    map[string]string `json:"rooms,omitempty"`
	Kinds    map[string]string `json:"kinds,omitempty"` // names by <service>/<kind>
}

// WordsOf returns the words of a clinic's record.
func WordsOf(c clinic.Clinic, language string) Words {
	w := Words{Language: language, Zone: c.Zone, Services: map[string]string{}, Rooms: map[string]string{}, Kinds: map[string]string{}}
	for _, s := range c.Services {
		w.Services[s.ID] = s.Name
		for _, k := range s.Kinds {
			w.Kinds[s.ID+"/"+k.ID] = k.Name
		}
	}
	for _, r := range c.Rooms {
		w.Rooms[r.ID] = r.Name
	}
	return w
}

// named is the name of an id, or the id of what the record no longer has.
func named(names map[string]string, key, id string) string {
	if name := names[key]; name != "" {
		return name
	}
	return id
}

// sheet writes the cells of rows.
type sheet struct {
	Words
	zone    *time.Location
	members map[MemberID]int64 // numbers of the page's members
}

func newSheet(w Words) (*sheet, error) {
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return nil, bad("zone %q is unknown", w.Zone)
	}
	return &sheet{Words: w, zone: zone}, nil
}

// label is a word in the languages of files.
type label struct{ ja, en string }

func (s *sheet) say(l label) string {
	if s.Language == "en" {
		return l.en
	}
	return l.ja
}

// one is the label of a value, or the value itself.
func (s *sheet) one(labels map[string]label, value string) string {
	if l, ok := labels[value]; ok {
		return s.say(l)
	}
	return value
}

func (s *sheet) at(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(s.zone).Format("2006-01-02 15:04:05")
}

func (s *sheet) yes(b bool) string {
	if b {
		return s.say(label{"はい", "yes"})
	}
	return ""
}

// count is a number, "" for 0.
func count[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

var stateLabels = map[string]label{
	string(queue.Booked): {"予約済", "booked"}, string(queue.Waiting): {"順番待ち", "waiting"}, string(queue.Called): {"呼出中", "called"}, string(queue.InService): {"診察中", "in service"},
	string(queue.Absent): {"呼出時不在", "absent"}, string(queue.Held): {"保留", "held"}, string(queue.Done): {"完了", "done"}, string(queue.Cancelled): {"取消", "cancelled"},
	string(queue.NoShow): {"来院なし", "no-show"}, string(queue.Lost): {"消えた受付", "lost"},
}

var (
	channelLabels = map[string]label{"web": {"ウェブ", "web"}, "desk": {"窓口", "desk"}}
	sexLabels     = map[string]label{"female": {"女性", "female"}, "male": {"男性", "male"}, "other": {"その他", "other"}}
	kindLabels    = map[string]label{"web": {"WEB", "WEB"}, "line": {"LINE", "LINE"}}
)

// column is the header of a column, and the cell of a row in it.
type column[R any] struct {
	label label
	value func(*sheet, *R) string
}

// memberCells has the columns of [ColumnNames] for members.
var memberCells = map[string]column[Member]{
	"number":  {label{"会員番号", "Member number"}, func(s *sheet, m *Member) string { return count(m.Number) }},
	"kind":    {label{"会員種別", "Kind"}, func(s *sheet, m *Member) string { return s.one(kindLabels, m.Kind) }},
	"name":    {label{"氏名", "Name"}, func(s *sheet, m *Member) string { return m.Name }},
	"kana":    {label{"フリガナ", "Kana"}, func(s *sheet, m *Member) string { return m.Kana }},
	"birth":   {label{"生年月日", "Date of birth"}, func(s *sheet, m *Member) string { return m.Birth }},
	"sex":     {label{"性別", "Sex"}, func(s *sheet, m *Member) string { return s.one(sexLabels, m.Sex) }},
	"phone":   {label{"電話番号", "Phone"}, func(s *sheet, m *Member) string { return m.Phone }},
	"mail":    {label{"メールアドレス", "Mail address"}, func(s *sheet, m *Member) string { return m.Mail }},
	"card":    {label{"診察券番号", "Card number"}, func(s *sheet, m *Member) string { return m.Card }},
	"memo":    {label{"メモ", "Memo"}, func(s *sheet, m *Member) string { return m.Memo }},
	"tags":    {label{"タグ", "Tags"}, func(s *sheet, m *Member) string { return strings.Join(m.Tags, " / ") }},
	"created": {label{"作成日", "Created"}, func(s *sheet, m *Member) string { return s.at(m.Created) }},
	"updated": {label{"更新日", "Updated"}, func(s *sheet, m *Member) string { return s.at(m.Updated) }},
}

// bookingCells has the columns of [ColumnNames] for bookings.
var bookingCells = map[string]column[Booking]{
	"day":        {label{"予約日", "Day"}, func(s *sheet, b *Booking) string { return string(b.Day) }},
	"service":    {label{"業務", "Service"}, func(s *sheet, b *Booking) string { id := b.Ticket.Ref().Service; return named(s.Services, id, id) }},
	"slot":       {label{"時間帯", "Slot"}, func(s *sheet, b *Booking) string { return slotText(b) }},
	"number":     {label{"受付番号", "Number"}, func(s *sheet, b *Booking) string { return count(b.Number) }},
	"state":      {label{"状態", "State"}, func(s *sheet, b *Booking) string { return s.one(stateLabels, string(b.State)) }},
	"name":       {label{"氏名", "Name"}, func(s *sheet, b *Booking) string { return b.Patient.Name }},
	"kana":       {label{"フリガナ", "Kana"}, func(s *sheet, b *Booking) string { return b.Patient.Kana }},
	"birth":      {label{"生年月日", "Date of birth"}, func(s *sheet, b *Booking) string { return b.Patient.Birth.String() }},
	"sex":        {label{"性別", "Sex"}, func(s *sheet, b *Booking) string { return s.one(sexLabels, b.Patient.Sex.String()) }},
	"phone":      {label{"電話番号", "Phone"}, func(s *sheet, b *Booking) string { return b.Patient.Phone }},
	"mail":       {label{"メールアドレス", "Mail address"}, func(s *sheet, b *Booking) string { return b.Patient.Mail }},
	"card":       {label{"診察券番号", "Card number"}, func(s *sheet, b *Booking) string { return b.Patient.CardNumber }},
	"symptoms":   {label{"症状", "Symptoms"}, func(s *sheet, b *Booking) string { return b.Patient.Symptoms }},
	"memo":       {label{"メモ", "Memo"}, func(s *sheet, b *Booking) string { return b.Patient.Memo }},
	"consent":    {label{"同意", "Consent"}, func(s *sheet, b *Booking) string { return s.yes(b.Patient.Consent) }},
	"channel":    {label{"受付方法", "Channel"}, func(s *sheet, b *Booking) string { return s.one(channelLabels, b.Channel) }},
	"party":      {label{"人数", "People"}, func(s *sheet, b *Booking) string { return count(b.Party) }},
	"firstVisit": {label{"初診", "First visit"}, func(s *sheet, b *Booking) string { return s.yes(b.FirstVisit) }},
	"kind":       {label{"受診の種類", "Kind of visit"}, func(s *sheet, b *Booking) string { return named(s.Kinds, b.Ticket.Ref().Service+"/"+b.Kind, b.Kind) }},
	"session":    {label{"診療帯", "Session"}, func(s *sheet, b *Booking) string { return b.Session }},
	"room":       {label{"診察室", "Room"}, func(s *sheet, b *Booking) string { return named(s.Rooms, b.Room, b.Room) }},
	"mark":       {label{"発信元の印", "Mark"}, func(s *sheet, b *Booking) string { return b.Mark }},
	"reason":     {label{"理由", "Reason"}, func(s *sheet, b *Booking) string { return b.Reason }},
	"late":       {label{"遅刻", "Late"}, func(s *sheet, b *Booking) string { return s.yes(b.Late) }},
	"issued":     {label{"作成日", "Issued"}, func(s *sheet, b *Booking) string { return s.at(b.Issued) }},
	"updated":    {label{"更新日", "Updated"}, func(s *sheet, b *Booking) string { return s.at(b.Updated) }},
	"arrived":    {label{"来院", "Arrived"}, func(s *sheet, b *Booking) string { return s.at(b.Arrived) }},
	"called":     {label{"呼出", "Called"}, func(s *sheet, b *Booking) string { return s.at(b.Called) }},
	"entered":    {label{"入室", "Entered"}, func(s *sheet, b *Booking) string { return s.at(b.Entered) }},
	"ended":      {label{"終了", "Ended"}, func(s *sheet, b *Booking) string { return s.at(b.Ended) }},
	"member":     {label{"会員番号", "Member number"}, func(s *sheet, b *Booking) string { return count(s.members[b.Member]) }},
	"ticket":     {label{"予約ID", "Booking ID"}, func(s *sheet, b *Booking) string { return string(b.Ticket) }},
}

func slotText(b *Booking) string {
	if b.Slot == "" || b.SlotEnd == "" {
		return b.Slot
	}
	return b.Slot + "-" + b.SlotEnd
}

// header is the first row of a file.
func header[R any](s *sheet, cells map[string]column[R], columns []string) []string {
	row := make([]string, len(columns))
	for i, name := range columns {
		row[i] = s.say(cells[name].label)
	}
	return row
}

// fill writes the cells of a record into a row.
func fill[R any](s *sheet, cells map[string]column[R], columns []string, record *R, row []string) {
	for i, name := range columns {
		row[i] = cells[name].value(s, record)
	}
}
