package ticket

import (
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/queue/typed"
)

// oldest is the first date of birth that is accepted.
const oldest = "1900-01-01"

// patientOf checks who a ticket is for. Every field is optional here, see [asked].
func patientOf(p wire.Patient) (out queue.Patient, err error) {
	if out.Name, err = route.Text("patient.name", p.Name, route.MaxName, false); err != nil {
		return out, err
	}
	if out.Phone, err = route.Phone("patient.phone", p.Phone); err != nil {
		return out, err
	}
	if out.CardNumber, err = route.Text("patient.cardNumber", typed.Card(p.CardNumber), route.MaxCard, false); err != nil {
		return out, err
	}
	if out.Kana, err = route.Text("patient.kana", p.Kana, route.MaxName, false); err != nil {
		return out, err
	}
	if out.Symptoms, err = route.Text("patient.symptoms", p.Symptoms, route.MaxMessage, true); err != nil {
		return out, err
	}
	if out.Memo, err = route.Text("patient.memo", p.Memo, route.MaxMessage, true); err != nil {
		return out, err
	}
	out.Birth, out.Sex, out.Mail, out.Consent = queue.BirthdayOf(p.Birth), queue.SexOf(p.Sex), typed.Bare(p.Mail), p.Consent
	switch {
	case p.Birth != "" && !rule.IsDate(p.Birth):
		err = problem.Invalid("patient.birth", rule.NotDate, "value", p.Birth)
	case p.Birth != "" && (p.Birth < oldest || p.Birth > time.Now().Add(24*time.Hour).Format(time.DateOnly)): // in any zone
		err = problem.Invalid("patient.birth", problem.NotPast, "value", p.Birth)
	case p.Sex != "" && out.Sex == 0:
		err = problem.Invalid("patient.sex", rule.NotOneOf, "value", p.Sex, "values", rule.Values(queue.Sexes...))
	case len(out.Mail) > route.MaxMail:
		err = problem.Invalid("patient.mail", rule.TooLong, "count", len(out.Mail), "most", route.MaxMail)
	case out.Mail != "" && !typed.IsMail(out.Mail):
		err = problem.Invalid("patient.mail", problem.NotMail, "value", out.Mail)
	}
	return out, err
}

// asked holds a patient of the web to the form of the service (B07, B08). It returns the
// patient without what the form does not ask, and refuses all missing fields at once.
func asked(s clinic.Service, first bool, p queue.Patient) (queue.Patient, error) {
	var missing []rule.Error
	p.Memo = ""
	sex, birth := p.Sex.String(), p.Birth.String()
	for _, f := range []struct {
		need, field string
		text        *string
	}{
		{"card", "cardNumber", &p.CardNumber}, {"name", "name", &p.Name}, {"phone", "phone", &p.Phone}, {"kana", "kana", &p.Kana},
		{"birth", "birth", &birth}, {"sex", "sex", &sex}, {"mail", "mail", &p.Mail}, {"symptoms", "symptoms", &p.Symptoms},
	} {
		switch need := s.Need(f.need, first); {
		case need == clinic.Off:
			*f.text = ""
		case need == clinic.Required && *f.text == "":
			missing = append(missing, rule.Wrong("patient."+f.field, rule.Missing))
		}
	}
	p.Sex, p.Birth = queue.SexOf(sex), queue.BirthdayOf(birth)
	switch need := s.Need("consent", first); {
	case need == clinic.Off:
		p.Consent = false
	case need == clinic.Required && !p.Consent:
		missing = append(missing, rule.Wrong("patient.consent", rule.Missing))
	}
	return p, problem.Fields(missing, "")
}
