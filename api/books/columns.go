package books

import (
	"net/http"
	"slices"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/register"
)

// mostColumns is how many columns a request may name.
const mostColumns = 100

// showColumns is GET /v1/users/me/columns/:table (L12).
func (b *Books) showColumns(w http.ResponseWriter, r *http.Request) error {
	desk, err := b.Logins.Of(r)
	if err != nil {
		return err
	}
	table, all, err := table(r)
	if err != nil {
		return err
	}
	chosen, err := b.Register.Columns(r.Context(), desk.Clinic, desk.User(), table)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.ColumnSet{Columns: list(chosen), All: all})
}

// setColumns is PUT /v1/users/me/columns/:table.
func (b *Books) setColumns(w http.ResponseWriter, r *http.Request) error {
	desk, err := b.Logins.Of(r)
	if err != nil {
		return err
	}
	table, all, err := table(r)
	if err != nil {
		return err
	}
	var body wire.ColumnsRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	if len(body.Columns) > mostColumns {
		return problem.InvalidParameter("columns", "are too many")
	}
	if err := b.Register.SetColumns(r.Context(), desk.Clinic, desk.User(), table, body.Columns); err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.ColumnSet{Columns: list(body.Columns), All: all})
}

// table is the list of the path, and all of its columns.
func table(r *http.Request) (name string, all []string, err error) {
	name = r.PathValue("table")
	all, ok := register.ColumnNames[name]
	if !ok {
		return "", nil, problem.Refuse("not_found", "there is no list %q", name)
	}
	return name, slices.Clone(all), nil
}

// list is never null in JSON.
func list(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
