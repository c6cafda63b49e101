package outbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

// NoticeID names a job to a device: <clinic>-<yymmdd>-<job id>, or of news
// <clinic>-n<id>-<job id>. It is unguessable, and names nobody.
type NoticeID string

var noticeForm = regexp.MustCompile(`^([0-9]{4})-([0-9]{6}|n[0-9a-z]{1,24})-([0-9a-z]{20})$`)

// ParseNoticeID checks the form of a notice's id; it does not look it up. Any other text
// is [ErrNoNotice].
func ParseNoticeID(s string) (NoticeID, error) {
	if m := noticeForm.FindStringSubmatch(s); m != nil {
		if m[2][0] == 'n' {
			return NoticeID(s), nil
		}
		if _, err := time.Parse("060102", m[2]); err == nil {
			return NoticeID(s), nil
		}
	}
	return "", ErrNoNotice
}

// Clinic returns the clinic of a notice. The id must have come from [ParseNoticeID] or
// from a job.
func (id NoticeID) Clinic() clinic.ID {
	c, _, _ := strings.Cut(string(id), "-")
	return clinic.ID(c)
}

// News returns the id of the news that the notice is of; "" of a ticket's. The id must
// have come from [ParseNoticeID] or from a job.
func (id NoticeID) News() string {
	box, _ := id.place()
	if !isNews(box) {
		return ""
	}
	return strings.TrimPrefix(box, newsBox)
}

// place returns the box and the id of the job.
func (id NoticeID) place() (box, job string) {
	_, rest, _ := strings.Cut(string(id), "-")
	box, job, _ = strings.Cut(rest, "-")
	if strings.HasPrefix(box, "n") {
		return NewsBox(box), job
	}
	return "20" + box[:2] + "-" + box[2:4] + "-" + box[4:], job
}

// NoticeID names the job to a device.
func (j Job) NoticeID() NoticeID {
	box := strings.TrimPrefix(j.Box, newsBox)
	if !isNews(j.Box) {
		box = clinic.Day(j.Box).Compact()
	}
	return NoticeID(fmt.Sprintf("%s-%s-%s", j.Clinic, box, j.ID))
}

// member names the job in the set of due jobs, as lua/common.lua does.
func (j Job) member() string {
	rank := slices.Index(clinic.NoticeKinds, string(j.Kind)) + 1
	return strconv.Itoa(rank) + "/" + j.Box + "/" + j.ID
}

var idForm = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// sum is the keyed hash of some parts, none of which runs into the next.
func (s *Store) sum(use string, parts ...string) string {
	h := hmac.New(sha256.New, s.secret)
	for _, part := range append([]string{"junban outbox " + use}, parts...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return idForm.EncodeToString(h.Sum(nil))
}

// JobID returns the id of the job that a reason makes for an address: 100 bits of a keyed
// hash. The same reason makes the same id on every node and at every time. Texts are no
// part of it.
//
// A ticket that is called, called back by undo, and called again has the same leg and
// attempt. So the job of a call or an absence has Start, the ticket's Called in
// milliseconds, and that of a cancellation its Ended: each call and each cancellation has its
// own id.
func (s *Store) JobID(j Job, addr Address) string {
	return s.sum("job", string(j.Clinic), j.Box, string(j.Kind), j.Stage, string(j.Ticket),
		fmt.Sprint(j.Leg), fmt.Sprint(j.Attempt), fmt.Sprint(j.Start), string(j.Channel), s.Hash(addr))[:20]
}

// Hash returns the keyed hash by which an address is known outside of wants and
// followers. Two addresses that reach the same place have the same hash.
func (s *Store) Hash(addr Address) string {
	switch {
	case addr.Endpoint != "":
		return s.sum("endpoint", addr.Endpoint)[:26]
	case addr.Mail != "":
		return s.sum("mail", strings.ToLower(addr.Mail))[:26]
	}
	return s.sum("inbox", addr.Inbox)[:26]
}
