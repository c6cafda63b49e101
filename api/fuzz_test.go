package api

import (
	"net/http"
	"strings"
	"testing"

	"junban/api/route"
	"junban/api/secret"
	"junban/queue"
)

// Whatever is sent as a token, the owner's is read whole and no other owns.
func FuzzBearer(f *testing.F) {
	k := secret.New([]byte("one secret of thirty-two bytes.."))
	id := queue.TicketID("1234-1-261121-aaaaaaaaaaaa")
	for _, s := range []string{"Bearer " + plainToken(k, id), "bearer  " + plainToken(k, id), "Basic x", "Bearer", "", "Bearer \x00", "Bearer a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Authorization": {header}}}
		token, ok := route.Bearer(r)
		if ok != (len(header) >= 6 && strings.EqualFold(strings.SplitN(header, " ", 2)[0], "bearer")) || token != strings.TrimSpace(token) {
			t.Fatalf("%q has the token %q, %v", header, token, ok)
		}
		if k.Owns(id, token) != (token == plainToken(k, id)) {
			t.Errorf("%q owns the ticket", token)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if again, ok := route.Bearer(r); again != token || !ok {
			t.Errorf("%q was read as %q", token, again)
		}
	})
}
