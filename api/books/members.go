package books

import (
	"net/http"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/rule"
	"junban/register"
)

// searchMembers is POST /v1/clinics/:clinic/search/members. It is a POST, as a name in an
// address would stand in logs of proxies.
func (b *Books) searchMembers(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	var body wire.MemberSearch
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	q, err := memberQuery("", body)
	if err != nil {
		return err
	}
	if err := b.Limits.Check(r, limit.BookSearches, v.Clinic.ID, a.By.Name); err != nil {
		return err
	}
	q.Log = true
	page, err := b.Register.SearchMembers(r.Context(), v.Clinic.ID, q, a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.Members{Members: encodeAll(v, page.Members, encodeMember), Count: page.Count, More: page.More, Next: page.Next})
}

// memberQuery reads a search of members below a path of the body.
func memberQuery(path string, s wire.MemberSearch) (register.MemberQuery, error) {
	text, err := route.Text(path+"text", s.Text, register.MostText, false)
	return register.MemberQuery{Text: text, After: s.After}, err
}

// addMember is POST /v1/clinics/:clinic/members. The same request again returns the first
// member.
func (b *Books) addMember(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	key, err := route.IdempotencyKey(r, true)
	if err != nil {
		return err
	}
	var body wire.NewMember
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	var fields register.MemberFields
	switch {
	case body.Ticket != "" && body.Fields != nil:
		return problem.Invalid("ticket", problem.EitherOr, "other", "fields")
	case body.Fields != nil:
		if fields, err = memberFields(*body.Fields); err != nil {
			return err
		}
	case body.Ticket == "":
		return problem.Invalid("fields", rule.Missing)
	default:
		row, err := b.Register.Booking(r.Context(), v.Clinic.ID, queue.TicketID(body.Ticket), a.By)
		if err != nil {
			return of(err)
		}
		fields = fromPatient(row.Patient)
	}
	m, err := b.Register.AddMember(r.Context(), v.Clinic.ID, fields, key, a.By)
	if err != nil {
		return ofFields(err)
	}
	if body.Ticket != "" {
		if err := b.Register.LinkBooking(r.Context(), v.Clinic.ID, queue.TicketID(body.Ticket), m.ID, a.By); err != nil {
			return of(err)
		}
	}
	return route.Encode(w, http.StatusCreated, encodeMember(v, m))
}

// showMember is GET /v1/clinics/:clinic/members/:member.
func (b *Books) showMember(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	m, err := b.Register.Member(r.Context(), v.Clinic.ID, named(r), a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, encodeMember(v, m))
}

// editMember is PUT /v1/clinics/:clinic/members/:member. Another version than the present
// one is refused, so that no change is undone unseen.
func (b *Books) editMember(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	var body wire.MemberChange
	if err := route.DecodeStrict(w, r, &body, route.MaxBody); err != nil {
		return err
	}
	fields, err := memberFields(body.Fields)
	if err != nil {
		return err
	}
	m, err := b.Register.EditMember(r.Context(), v.Clinic.ID, named(r), fields, body.Version, a.By)
	if err != nil {
		return ofFields(err)
	}
	return route.Encode(w, http.StatusOK, encodeMember(v, m))
}

// named is the member of the path.
func named(r *http.Request) register.MemberID { return register.MemberID(r.PathValue("member")) }

// memberFields reads the fields of a member; the register checks them further.
func memberFields(f wire.MemberFields) (register.MemberFields, error) {
	out := register.MemberFields{Birth: f.Birth, Sex: f.Sex, Tags: f.Tags}
	for _, t := range []struct {
		name, text string
		most       int
		into       *string
	}{
		{"name", f.Name, register.MostName, &out.Name}, {"kana", f.Kana, register.MostName, &out.Kana}, {"phone", f.Phone, register.MostPhone, &out.Phone},
		{"mail", f.Mail, register.MostMail, &out.Mail}, {"card", f.Card, register.MostCard, &out.Card}, {"memo", f.Memo, register.MostMemo, &out.Memo},
	} {
		text, err := route.Text("fields."+t.name, t.text, t.most, t.name == "memo")
		if err != nil {
			return out, err
		}
		*t.into = text
	}
	return out, nil
}

// ofFields is [of] for an error with invalid fields, which the body has below "fields".
func ofFields(err error) error {
	wrong := register.InvalidFields(err)
	if wrong == nil {
		return of(err)
	}
	below := make([]rule.Error, len(wrong))
	for i, e := range wrong {
		e.Path = "fields." + e.Path
		below[i] = e
	}
	return problem.Fields(below, "")
}

// fromPatient returns the fields of a member that is the patient of a booking.
func fromPatient(p queue.Patient) register.MemberFields {
	return register.MemberFields{Name: p.Name, Kana: p.Kana, Birth: p.Birth.String(), Sex: p.Sex.String(), Phone: p.Phone, Mail: p.Mail, Card: p.CardNumber}
}

func encodeMember(v view.View, m register.Member) wire.Member {
	tags := m.Tags
	if tags == nil {
		tags = []string{}
	}
	return wire.Member{
		ID: string(m.ID), Number: m.Number, Kind: m.Kind, MergedInto: string(m.MergedInto), Version: m.Version, Created: v.At(m.Created), Updated: v.At(m.Updated),
		Fields: wire.MemberFields{Name: m.Name, Kana: m.Kana, Birth: m.Birth, Sex: m.Sex, Phone: m.Phone, Mail: m.Mail, Card: m.Card, Memo: m.Memo, Tags: tags},
	}
}
