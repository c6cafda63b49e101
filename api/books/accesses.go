package books

import (
	"net/http"

	"junban/api/route"
	"junban/api/wire"
	"junban/register"
)

// showAccesses is GET /v1/clinics/:clinic/accesses?member=&after= (D14); for admins.
func (b *Books) showAccesses(w http.ResponseWriter, r *http.Request) error {
	v, _, err := b.at(r, b.Logins.AdminAtClinic)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	page, err := b.Register.AccessLog(r.Context(), v.Clinic.ID, register.AccessQuery{Member: register.MemberID(q.Get("member")), After: q.Get("after")})
	if err != nil {
		return of(err)
	}
	answer := wire.Accesses{Accesses: make([]wire.Access, len(page.Entries)), Next: page.Next}
	for i, a := range page.Entries {
		answer.Accesses[i] = wire.Access{ID: a.ID, At: v.At(a.At), By: a.By, Act: string(a.Act), Member: string(a.Member), Number: a.Number, Detail: a.Detail}
	}
	return route.Encode(w, http.StatusOK, answer)
}
