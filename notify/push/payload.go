package push

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"junban/notify/message"
)

const (
	maxBody   = 2000 // bytes of a request; some services take less than the 4,096 of RFC 8030
	padded    = 1024 // bytes of most texts, so that their length reveals nothing
	maxRecord = maxBody - headerSize - tagSize
)

// payload is what the device decrypts: the declarative form of web push (W3C Push API,
// declarative push message). Safari shows it by itself if there is no worker.
type payload struct {
	WebPush int `json:"web_push"` // 8030 marks the form

	// Mutable has Safari pass the notification to the worker first, as other browsers do.
	// Without it, an old text stays as it is, and nobody learns that it was shown.
	Mutable      bool         `json:"mutable"`
	Notification notification `json:"notification"`
}

// notification has the names of the Notifications API.
type notification struct {
	Title    string `json:"title"`
	Body     string `json:"body"`
	Lang     string `json:"lang,omitempty"`
	Tag      string `json:"tag,omitempty"`
	Navigate string `json:"navigate"` // Safari takes a whole URL only
	Renotify bool   `json:"renotify,omitempty"`
	Data     data   `json:"data"`
}

// data is for our own worker. Safari gives the worker a notification in place of the
// payload, so it is a part of that.
type data struct {
	ID    string `json:"id"`
	Until int64  `json:"until"` // ms; after it, Stale is shown
	Stale string `json:"stale"`
}

// payloadOf encodes a message. It shortens the texts of one that is too long.
func payloadOf(m message.Message) ([]byte, error) {
	p := payload{8030, true, notification{m.Title, m.Body, m.Language, m.Tag, m.Origin + m.Path, m.Renotify && m.Tag != "", data{m.ID, m.Until.UnixMilli(), m.Stale}}}
	for {
		text, err := json.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("push: encoding: %w", err)
		}
		over := len(text) + 1 - maxRecord
		if over <= 0 {
			return text, nil
		}
		longest := &p.Notification.Body
		for _, other := range []*string{&p.Notification.Data.Stale, &p.Notification.Title} {
			if len(*other) > len(*longest) {
				longest = other
			}
		}
		if len(*longest) <= 2*len("…") {
			return nil, fmt.Errorf("push: %d bytes are too many", len(text))
		}
		*longest = shorten(*longest, min(over, len(*longest)/2)) // half, so that each text keeps its beginning
	}
}

// shorten removes at least n bytes, or everything, from the end of a text.
func shorten(text string, n int) string {
	end := len(text) - n - len("…")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if end <= 0 {
		return ""
	}
	return text[:end] + "…"
}
