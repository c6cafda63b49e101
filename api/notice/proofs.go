package notice

import (
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/notify/message"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/rule"
)

const (
	// proofSending bounds the sending of a code. Relays greet late, and look at strangers.
	proofSending = 20 * time.Second
	// provenLife is how long the token of a proven address is good. It is a day: the next
	// member of a family needs no other code.
	provenLife = 24 * time.Hour
)

// askProof is POST /v1/proofs: it sends six digits to a mail address, and answers when
// the relay has taken them.
func (ns *Notices) askProof(w http.ResponseWriter, r *http.Request) error {
	var body wire.ProofRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	c, mail, owned, err := ns.askedProof(r, body)
	if err != nil {
		return err
	}
	limits := []limit.Limited{limit.Of(limit.ProofMails, mailbox(mail)), limit.Of(limit.Proofs), limit.Of(limit.ClinicProofs)}
	if owned != "" {
		limits = []limit.Limited{limits[0], limit.Of(limit.OwnerProofs), limit.Of(limit.TicketProofs, string(owned))}
	}
	refund, err := ns.Limits.TakeAll(r, c.ID, limits...)
	if err != nil {
		return err
	}
	id, code, err := ns.Outbox.PutProof(r.Context(), c.ID, outbox.Address{Mail: mail})
	if err != nil {
		return errors.Join(err, refund())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), proofSending)
	defer cancel()
	letter := ns.composer.Proof(body.Language, code)
	letter.ID, letter.To, letter.From, letter.Until = "proof-"+id, message.Address{Mail: mail}, text.Sender(c), time.Now().Add(outbox.ProofLife)
	res := ns.Mail.Send(ctx, letter)
	switch res.Outcome {
	case message.Sent, message.Uncertain: // after DATA, the code is perhaps there
	case message.Gone, message.Refused: // the address; the tokens are gone, as for a right one
		return problem.Invalid("mail", MailRefused)
	default:
		if err := refund(); err != nil {
			return err
		}
		return problem.Problem{Code: "mail_unavailable", Detail: "the mail server takes no mail now; try again in some minutes, or choose another way", After: time.Minute}
	}
	v, err := ns.Clinics.View(c)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Proof{Proof: id, Until: v.At(v.Now.Add(outbox.ProofLife)), From: ns.MailFrom})
}

// MailRefused is the code of an address that the relay has refused for good.
var MailRefused = rule.NewCode("mail_refused", "does not take mail; the address may be mistyped, or its owner takes mail of known senders only")

// mailbox is the key under which mails to an address are counted. Addresses that reach
// one mailbox have one key: those that differ in case, in what follows a "+", and in the
// dots of Gmail.
func mailbox(mail string) string {
	local, domain, _ := strings.Cut(strings.ToLower(mail), "@")
	local, _, _ = strings.Cut(local, "+")
	switch domain {
	case "gmail.com", "googlemail.com":
		local, domain = strings.ReplaceAll(local, ".", ""), "gmail.com"
	}
	return local + "@" + domain
}

// askedProof checks the request for a code. owned is the ticket whose token it carries;
// "": none, or one that is over.
func (ns *Notices) askedProof(r *http.Request, body wire.ProofRequest) (c clinic.Clinic, mail string, owned queue.TicketID, err error) {
	id, err := clinic.ParseID(body.Clinic)
	if err != nil {
		return c, "", "", err
	}
	if body.Ticket == "" {
		err = ns.Limits.AuthorizeLookup(r, id)
	} else if owned, err = ns.liveTicket(r, id, body.Ticket); err == nil && owned == "" {
		err = ns.Limits.AuthorizeLookup(r, id)
	}
	if err != nil {
		return c, "", "", err
	}
	if c, err = ns.Clinics.Record(r.Context(), id); err != nil {
		return c, "", "", err
	}
	if mail, err = ns.mail("mail", body.Mail); err != nil {
		return c, "", "", err
	}
	if _, err = language("language", body.Language); err != nil {
		return c, "", "", err
	}
	if !slices.Contains(ns.channels(c), string(outbox.Mail)) {
		return c, "", "", problem.Refuse("mail_unavailable", "this clinic sends no mail")
	}
	return c, mail, owned, nil
}

// liveTicket returns a ticket of the clinic that the request names and has the token of;
// "" if that ticket is over.
func (ns *Notices) liveTicket(r *http.Request, c clinic.ID, name string) (queue.TicketID, error) {
	id, err := queue.ParseTicketID(name)
	if err != nil {
		return "", err
	}
	if id.Ref().Clinic != c {
		return "", problem.Refuse("token_wrong", "the ticket is of another clinic")
	}
	if _, err := ns.owns(r, id); err != nil {
		return "", err
	}
	switch t, err := ns.Line.Ticket(r.Context(), id); {
	case err != nil:
		return "", err
	case t.State.Ended():
		return "", nil
	}
	return id, nil
}

// giveCode is POST /v1/proofs/:proof: the code comes back, and is answered with the
// token that proves the address. Wrong codes are counted by the outbox.
func (ns *Notices) giveCode(w http.ResponseWriter, r *http.Request) error {
	var body wire.ProofCode
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	code, err := route.Text("code", route.Code(body.Code), route.MaxCode, false)
	if err != nil {
		return err
	}
	if code == "" {
		return problem.Invalid("code", rule.Missing)
	}
	c, addr, err := ns.Outbox.CheckProof(r.Context(), r.PathValue("proof"), code)
	if errors.Is(err, outbox.ErrProofOver) {
		if short := ns.Limits.Check(r, limit.ProofCodes, ""); short != nil {
			return short
		}
	}
	if err != nil {
		return err
	}
	// The person has just read a mail at that address.
	if err := ns.Outbox.Unsuppress(r.Context(), c, outbox.Mail, ns.Outbox.Hash(addr)); err != nil {
		return err
	}
	v, err := ns.Clinics.ViewClinic(r.Context(), c)
	if err != nil {
		return err
	}
	until := v.Now.Add(provenLife)
	return route.Encode(w, http.StatusOK, wire.Proven{Proven: ns.proven(c, addr.Mail, until), Until: v.At(until)})
}

const provenUse = "proven mail"

// proven is the token of a proven address of a clinic: its end and a MAC. It holds for
// that address and clinic alone.
func (ns *Notices) proven(c clinic.ID, mail string, until time.Time) string {
	return ns.Keys.Signed(provenUse, binary.BigEndian.AppendUint64(nil, uint64(until.Unix())), string(c), strings.ToLower(mail))
}

// isProven reports whether a token proves a mail address for a clinic now.
func (ns *Notices) isProven(c clinic.ID, mail, token string) bool {
	b, ok := ns.Keys.Unsigned(provenUse, token, 8, string(c), strings.ToLower(mail))
	return ok && ns.Clinics.Now().Unix() < int64(binary.BigEndian.Uint64(b))
}
