package text

import (
	"strings"

	"junban/queue/clinic"
	"junban/queue/outbox"
)

// noticeID names the job to a device.
func noticeID(j outbox.Job) outbox.NoticeID {
	box, isNews := strings.CutPrefix(j.Box, "news-")
	if !isNews && len(box) == len("2026-12-01") {
		box = clinic.Day(box).Compact()
	}
	return outbox.NoticeID(string(j.Clinic) + "-" + box + "-" + j.ID)
}
