package push

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"junban/notify/message"
)

const (
	maxReason  = 120            // characters of an answer that the history keeps
	maxPending = 24 * time.Hour // longest wait that a service can ask for
)

// resultOf is what an answer of a push service means (RFC 8030 §5).
func resultOf(status int, header http.Header, body string, now time.Time) message.Result {
	r := message.Result{Outcome: message.Refused, Answer: strconv.Itoa(status)}
	if reason := reasonOf(body); reason != "" {
		r.Answer += " " + reason
	}
	switch {
	case status == http.StatusOK, status == http.StatusCreated, status == http.StatusAccepted:
		r.Outcome = message.Sent
		r.Answer = strconv.Itoa(status)
	case status == http.StatusNotFound, status == http.StatusGone:
		r.Outcome = message.Gone
	case status == http.StatusBadRequest, status == http.StatusUnauthorized, status == http.StatusForbidden:
		r.Fault, r.Address = true, true // wrong keys of ours, or a subscription with older ones
	case status == http.StatusRequestEntityTooLarge:
		r.Fault = true
	case status == http.StatusNotAcceptable, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		r.Outcome = message.Retry // 406 is how WNS throttles
		r.After = afterOf(header.Get("Retry-After"), now)
	}
	return r
}

// failed is what an error of the request means. A repeat does no harm: it replaces the
// push before it, by its topic and its tag.
func failed(err error) message.Result {
	var timedOut net.Error
	switch {
	case errors.Is(err, errAddress):
		return message.Result{Outcome: message.Refused, Answer: "address not public"}
	case errors.Is(err, context.Canceled):
		return message.Result{Outcome: message.Retry, Answer: "canceled"}
	case errors.As(err, &timedOut) && timedOut.Timeout():
		return message.Result{Outcome: message.Retry, Answer: "timeout"}
	}
	return message.Result{Outcome: message.Retry, Answer: "no connection"}
}

// afterOf parses Retry-After: seconds or a date.
func afterOf(value string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return min(max(time.Duration(n)*time.Second, 0), maxPending)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxPending)
	}
	return 0
}

// reasonOf is the beginning of an answer, on one line, without addresses.
func reasonOf(body string) string {
	printed := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(body, ""))
	var words []string
	for word := range strings.FieldsSeq(printed) {
		if !strings.Contains(word, "://") {
			words = append(words, word)
		}
	}
	reason := []rune(strings.Join(words, " "))
	return string(reason[:min(len(reason), maxReason)])
}
