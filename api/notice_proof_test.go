package api

import (
	"crypto/rand"
	"fmt"
	randv2 "math/rand/v2"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/notify/message"
	"junban/queue/outbox"
)

func TestProof_FiveTriesThenAnother(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	request := ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: n.mail, Language: "en"}}
	p := get[wire.Proof](n.world, 200, request)
	code := n.mails.code(t, n.mail)
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	give := func(code string) ask {
		return ask{method: "POST", path: "/v1/proofs/" + p.Proof, body: wire.ProofCode{Code: code}}
	}
	n.refused(400, "field_invalid", give(""))
	for range outbox.ProofTries {
		n.refused(403, "wrong_code", give(wrong))
	}
	n.refused(429, "proof_tries", give(wrong))
	n.refused(429, "proof_tries", give(code))
	n.refused(410, "proof_over", ask{method: "POST", path: "/v1/proofs/nothing", body: wire.ProofCode{Code: code}})
	p = get[wire.Proof](n.world, 200, request)
	full := strings.Map(func(r rune) rune { return r - '0' + '０' }, n.mails.code(t, n.mail))
	if got := get[wire.Proven](n.world, 200, give(full[:9]+" "+full[9:])); got.Proven == "" {
		t.Error("a code in full width proves nothing")
	}
	n.silent()
}

// TestProof_AStrangerUsesUpNothingOfAnOwners asks for codes until those without a ticket
// get none. The owner of a ticket still gets one. A mailbox has one limit, in whatever way
// its address is written, and a code of no proof is no obstacle to one that is there.
func TestProof_AStrangerUsesUpNothingOfAnOwners(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t, behindProxy)
	home := fromAddress(fmt.Sprintf("2001:db8:%x:1::1", randv2.Uint32N(1<<16))) // its limit is of all nodes
	code := func(to string) ask {
		return ask{method: "POST", path: "/v1/proofs", header: home, body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}}
	}
	usedUp := func(a func() ask) {
		t.Helper()
		for range 100 {
			if n.do(a()).status == 429 {
				return
			}
		}
		t.Error("no limit")
	}
	usedUp(func() ask { return code(strings.ToLower(rand.Text()) + "@example.jp") })
	own := code(n.mail)
	n.refused(429, "too_many_requests", own)
	body := own.body.(wire.ProofRequest)
	body.Ticket = n.ticket.Ticket.ID
	own.body = body
	n.refused(401, "token_required", own)
	own.token = n.issue("1", wire.IssueRequest{PartySize: 1}).Token
	n.refused(403, "token_wrong", own)
	own.token = n.ticket.Token
	p := get[wire.Proof](n.world, 200, own)
	give := func(proof, code string) ask {
		return ask{method: "POST", path: "/v1/proofs/" + proof, header: home, body: wire.ProofCode{Code: code}}
	}
	usedUp(func() ask { return give("nothing", "000000") })
	get[wire.Proven](n.world, 200, give(p.Proof, n.mails.code(t, n.mail)))
	n.act(n.login(), n.ticket.Ticket.ID, "cancel")
	n.refused(429, "too_many_requests", own) // counted with those without a ticket
}

// TestProof_OneMailboxHasOneLimit asks for codes to one mailbox, whose address is written
// in several ways.
func TestProof_OneMailboxHasOneLimit(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	code := func(to string) ask {
		return ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}}
	}
	name := strings.ToLower(rand.Text())
	for _, to := range []string{"h" + name + "+1@gmail.com", "h." + name + "@googlemail.com", "H" + name + "+2@GMAIL.com", "h." + name + "+x@gmail.com"} {
		get[wire.Proof](n.world, 200, code(to))
	}
	n.refused(429, "too_many_requests", code("h"+name+"@gmail.com"))
	get[wire.Proof](n.world, 200, code("h."+name+"@example.jp")) // its dots count
}

func TestProof_WhatTheRelayAnswers(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	request := func(to string) ask {
		return ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}}
	}
	n.mails.answer(message.Retry)
	for range 9 { // a relay that is down takes no tokens
		if res := n.refused(503, "mail_unavailable", request(n.mail)); res.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	n.mails.answer(message.Gone)
	res := n.refused(400, "field_invalid", request(n.mail))
	if p := problemIn(t, res.body); p.Errors[0].Pointer != "/mail" || p.Errors[0].Code != "mail_refused" {
		t.Errorf("refused: %s", res.body)
	}
	n.silent(string(res.body))
	n.mails.answer("")
	for range 3 {
		get[wire.Proof](n.world, 200, request(n.mail))
	}
	n.refused(429, "too_many_requests", request(strings.ToUpper(n.mail))) // one address in another writing
	n.refused(404, "clinic_unknown", ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: "9999", Mail: n.mail, Language: "ja"}})
	n.silent()
}
