package notice

import (
	"net/http"
	"slices"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/rule"
)

// follow is POST /v1/clinics/:clinic/follow: an address gets the clinic's news.
func (ns *Notices) follow(w http.ResponseWriter, r *http.Request) error {
	c, body, a, err := ns.followed(w, r)
	if err != nil {
		return err
	}
	f := outbox.Follower{Channel: outbox.Push, Address: a, Origin: ns.origin(r), At: ns.Clinics.Now()}
	if a.Mail != "" {
		f.Channel = outbox.Mail
	}
	if !slices.Contains(ns.channels(c), string(f.Channel)) || slices.Contains(c.Notices.Off, string(outbox.News)) {
		return problem.Invalid(string(f.Channel), rule.NotOneOf, "value", string(f.Channel), "values", ns.newsChannels(c))
	}
	if f.Language, err = language("language", body.Language); err != nil {
		return err
	}
	if f.Consent, err = consented(body.Consent); err != nil {
		return err
	}
	if err := ns.Limits.Check(r, limit.Follows, c.ID); err != nil {
		return err
	}
	if err := ns.Outbox.Follow(r.Context(), c.ID, f); err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Following{Following: true})
}

// newsChannels are those through which a clinic sends news.
func (ns *Notices) newsChannels(c clinic.Clinic) []string {
	if slices.Contains(c.Notices.Off, string(outbox.News)) {
		return []string{}
	}
	return slices.DeleteFunc(ns.channels(c), func(ch string) bool { return ch == string(outbox.Inbox) })
}

// unfollow is POST /v1/clinics/:clinic/unfollow, with the address that follows.
func (ns *Notices) unfollow(w http.ResponseWriter, r *http.Request) error {
	c, _, a, err := ns.followed(w, r)
	if err != nil {
		return err
	}
	if err := ns.Limits.Check(r, limit.Unfollows, ""); err != nil {
		return err
	}
	if err := ns.Outbox.Unfollow(r.Context(), c.ID, ns.Outbox.Hash(a)); err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Following{})
}

// followed reads the clinic and the address of a follower. A subscription is proof
// enough: nobody else knows it. A mail address needs its proof.
func (ns *Notices) followed(w http.ResponseWriter, r *http.Request) (c clinic.Clinic, body wire.FollowRequest, a outbox.Address, err error) {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return c, body, a, err
	}
	if err := route.Decode(w, r, &body); err != nil {
		return c, body, a, err
	}
	if err := ns.Limits.AuthorizeLookup(r, id); err != nil {
		return c, body, a, err
	}
	if c, err = ns.Clinics.Record(r.Context(), id); err != nil {
		return c, body, a, err
	}
	switch {
	case body.Push != nil && body.Mail != "":
		err = problem.Invalid("push", problem.EitherOr, "other", "mail")
	case body.Push != nil:
		a, err = ns.pushAddress("push", body.Push)
	case body.Mail != "":
		a, err = ns.mailAddress(id, "mail", "proven", body.Mail, body.Proven)
	default:
		err = problem.Invalid("push", problem.EitherOr, "other", "mail")
	}
	return c, body, a, err
}
