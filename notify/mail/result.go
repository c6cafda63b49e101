package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"junban/notify/message"
)

// step is how far a transaction came.
type step int

const (
	before step = iota // nothing was sent: the relay may have closed a connection that was kept
	sender             // MAIL FROM
	receiver
	content // DATA, and the text without its end
	end     // the end of the text, which makes the relay answer for it
)

// outcome is what became of one message on a session.
type outcome struct {
	result message.Result
	again  bool // the connection can carry another message
	stale  bool // the connection was closed before: another one may be tried at once
}

// send sends one message. It ends with the context at the latest.
func (s *session) send(ctx context.Context, l letter, timeout time.Duration) outcome {
	stop := s.guard(ctx)
	at, reply, err := s.transact(l, timeout)
	intact := stop() // else the guard has closed the connection
	if err == nil {
		return outcome{result: message.Result{Outcome: message.Sent, Answer: reply}, again: intact && s.smtp.Reset() == nil}
	}
	if at == before {
		return outcome{result: message.Result{Outcome: message.Retry, Answer: "the relay has closed the connection"}, stale: intact}
	}
	o := outcome{result: resultOf(at, err)}
	if refused, ok := errors.AsType[*textproto.Error](err); ok && intact && at == receiver && refused.Code != 421 {
		o.again = s.smtp.Reset() == nil
	}
	return o
}

// transact does the steps of a transaction. It returns the one that failed.
func (s *session) transact(l letter, timeout time.Duration) (at step, reply string, err error) {
	if err := s.smtp.UpdateDeadline(timeout); err != nil {
		return before, "", err
	}
	if s.sent > 0 {
		if err := s.smtp.Noop(); err != nil {
			return before, "", err
		}
	}
	s.sent++
	if err := s.smtp.Mail("<" + l.from + ">"); err != nil {
		return sender, "", err
	}
	if err := s.smtp.Rcpt("<" + l.to + ">"); err != nil {
		return receiver, "", err
	}
	w, err := s.smtp.Data()
	if err != nil {
		return content, "", err
	}
	if _, err := w.Write(l.text); err != nil {
		return content, "", err
	}
	if err := w.Close(); err != nil {
		return end, "", err
	}
	if closer, ok := w.(*smtp.DataCloser); ok {
		reply = closer.ServerResponse()
	}
	return end, reply, nil
}

// resultOf is what an error of a step means.
func resultOf(at step, err error) message.Result {
	refused, ok := errors.AsType[*textproto.Error](err)
	switch {
	case !ok && at == end:
		// The relay may have got the end of the text, and its answer was lost.
		return message.Result{Outcome: message.Uncertain, Answer: "the connection ended after the text"}
	case !ok:
		return message.Result{Outcome: message.Retry, Answer: "the connection ended before the text"}
	}
	res := message.Result{Outcome: message.Retry, Answer: fmt.Sprintf("%d %s", refused.Code, refused.Msg)}
	switch {
	case refused.Code < 500:
		res.Address = at == receiver && refused.Code != 421 // greylisting, a full box: the relay works
	case at == sender:
		res.Fault = true // the relay does not take the sender, which is the operator's matter
	case at == receiver && enhanced(refused) == "5.1.1":
		res.Outcome = message.Gone
	default:
		res.Outcome, res.Address = message.Refused, at == receiver
	}
	return res
}

// enhanced is the enhanced status code of a reply (RFC 3463), "" without one.
func enhanced(reply *textproto.Error) string {
	code, _, _ := strings.Cut(reply.Msg, " ")
	if strings.Count(code, ".") != 2 || strings.Trim(code, "0123456789.") != "" {
		return ""
	}
	return code
}

// resultOfDial is what an error of connecting, or of the login, means. Nothing was sent.
func resultOfDial(err error) message.Result {
	res := message.Result{Outcome: message.Retry, Answer: err.Error()}
	if errors.Is(err, context.DeadlineExceeded) {
		res.Answer = "the relay did not answer in time"
	}
	refused, replied := errors.AsType[*textproto.Error](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	res.Fault = replied && refused.Code >= 500 || untrusted || errors.Is(err, errNoLogin)
	return res
}
