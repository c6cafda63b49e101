package limit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/api/peer"
	"junban/api/problem"
	"junban/api/secret"
	"junban/queue"
	"junban/queue/clinic"
)

// Tokens are the limits that all nodes share.
type Tokens interface {
	TakeTokens(ctx context.Context, c queue.Charge) (queue.Shortage, error)
	LookForTokens(ctx context.Context, c queue.Charge) (queue.Shortage, error)
	GiveTokens(ctx context.Context, c queue.Charge) error
}

// Limiter counts requests under the limits of the table. Safe for concurrent use.
type Limiter struct {
	tokens  Tokens
	peers   *peer.Peers
	keys    secret.Keys
	listed  func(context.Context, clinic.ID) bool // whether a clinic is in the directory
	refused *prometheus.CounterVec                // by the limit's name and the kind of prefix
	buckets *buckets                              // of the limits that each node has for itself
	paid    *buckets                              // of the clinics' numbers that prefixes have paid for
}

func New(t Tokens, p *peer.Peers, k secret.Keys, listed func(context.Context, clinic.ID) bool, refused *prometheus.CounterVec) *Limiter {
	return &Limiter{tokens: t, peers: p, keys: k, listed: listed, refused: refused, buckets: newBuckets(bucketSets), paid: newBuckets(paidSets)}
}

// Check takes the tokens of a limit for the client of a request. It takes one from the
// bucket of each network prefix, and one from the bucket of the whole. If one bucket is
// empty, it takes none and returns a refusal with the time to wait. clinic is the
// clinic that is harmed, where the limit is counted per clinic. subject is what is
// harmed more exactly, such as a ticket or a user; it may be empty.
//
// Requests of this machine itself are not counted by prefix. They come through an
// unnamed proxy, so every client has its address.
func (lr *Limiter) Check(r *http.Request, l *Limit, clinic clinic.ID, subject ...string) error {
	_, err := lr.charge(r, l, takeTokens, "", clinic, subject)
	return err
}

// CheckOnce is [Limiter.Check] for an act with an idempotency key. The repeat of a
// completed act takes no token and is not refused. taken reports whether tokens were
// taken, so that only those are given back.
func (lr *Limiter) CheckOnce(r *http.Request, l *Limit, a queue.Act, clinic clinic.ID, subject ...string) (taken bool, err error) {
	return lr.charge(r, l, takeTokens, a.Key, clinic, subject)
}

// peek returns what Check would, and takes nothing.
func (lr *Limiter) peek(r *http.Request, l *Limit, clinic clinic.ID, subject ...string) error {
	_, err := lr.charge(r, l, lookForTokens, "", clinic, subject)
	return err
}

// Refund gives the tokens back that check took for the same arguments.
func (lr *Limiter) Refund(r *http.Request, l *Limit, clinic clinic.ID, subject ...string) error {
	_, err := lr.charge(r, l, giveTokens, "", clinic, subject)
	return err
}

type Act int

const (
	takeTokens Act = iota
	lookForTokens
	giveTokens
)

// bucketOf is a bucket that a request is counted in.
type bucketOf struct {
	kind   string // of the prefix, for metrics: "ipv4", "ipv6/64", …, "unreadable", or "whole"
	prefix string // "" for the whole
	rate
}

// buckets returns the buckets of a limit that the client is counted in.
func (l *Limit) buckets(c peer.Client) (all []bucketOf) {
	if l.Whole.Burst > 0 {
		all = append(all, bucketOf{"whole", "", l.Whole})
	}
	for _, p := range c.Prefixes() {
		size := l.IPv4
		switch p.Kind {
		case "ipv6/64":
			size = l.Net64
		case "ipv6/56":
			size = l.Net56
		case "ipv6/48":
			size = l.Net48
		}
		if size.Burst > 0 {
			all = append(all, bucketOf{p.Kind, p.Text, size})
		}
	}
	return all
}

func (lr *Limiter) charge(r *http.Request, l *Limit, do Act, act string, clinic clinic.ID, subject []string) (done bool, err error) {
	from := lr.peers.Client(r)
	all := l.buckets(from)
	if len(all) == 0 {
		return false, nil
	}
	if !l.perClinic {
		clinic = ""
	}
	of := append([]string{l.name, string(clinic)}, subject...)
	charge := queue.Charge{Tag: string(clinic), Act: act}
	for _, b := range all {
		name := l.name + ":" + b.kind
		if l.cluster && (b.prefix != "" || len(subject) > 0) { // what is in Redis shows no address and no name
			name += ":" + secret.Short(lr.keys.MAC("limit", append(of, b.prefix)...))
		} else if !l.cluster {
			name = strings.Join(append(of, b.prefix), "\x00")
		}
		charge.Buckets = append(charge.Buckets, queue.Bucket{Name: name, Every: b.Every, Burst: b.Burst})
	}
	if l.cluster && clinic == "" {
		// All buckets of one charge are on one node of a Redis Cluster. One charge is
		// of the whole, or of a client's widest prefix.
		charge.Tag = "limit:" + l.name
		if widest := all[len(all)-1]; l.Whole.Burst == 0 {
			charge.Tag = "limit:" + secret.Short(lr.keys.MAC("limit", l.name, widest.prefix))
		}
	}
	short, err := lr.chargeIn(r.Context(), l, do, charge)
	if err != nil || short.Wait == 0 {
		return err == nil && !short.Repeat, err
	}
	if do == takeTokens {
		lr.refused.WithLabelValues(l.name, all[short.Bucket].kind).Inc()
	}
	return false, problem.Problem{
		Code:   l.code,
		Detail: fmt.Sprintf("too many requests; try again in %d s, or call the clinic", int(math.Ceil(short.Wait.Seconds()))),
		After:  short.Wait,
	}
}

func (lr *Limiter) chargeIn(ctx context.Context, l *Limit, do Act, c queue.Charge) (queue.Shortage, error) {
	switch {
	case !l.cluster:
		return lr.buckets.charge(do, c.Buckets, time.Now()), nil
	case do == giveTokens:
		return queue.Shortage{}, lr.tokens.GiveTokens(ctx, c)
	case do == lookForTokens:
		return lr.tokens.LookForTokens(ctx, c)
	default:
		return lr.tokens.TakeTokens(ctx, c)
	}
}

// Limited is a limit and its subject, for [Limiter.TakeAll].
type Limited struct {
	limit   *Limit
	subject []string
}

// Of returns a limit with its subject.
func Of(l *Limit, subject ...string) Limited { return Limited{l, subject} }

// TakeAll takes a token of each limit, or of none. refund gives them back.
func (lr *Limiter) TakeAll(r *http.Request, clinic clinic.ID, all ...Limited) (refund func() error, err error) {
	taken := 0
	refund = func() (err error) {
		for _, l := range all[:taken] {
			err = errors.Join(err, lr.Refund(r, l.limit, clinic, l.subject...))
		}
		return err
	}
	for _, l := range all {
		if err := lr.Check(r, l.limit, clinic, l.subject...); err != nil {
			return nil, errors.Join(err, refund())
		}
		taken++
	}
	return refund, nil
}
