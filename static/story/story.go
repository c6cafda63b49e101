package main

import (
	"slices"
	"time"

	"junban/api/wire"
	"junban/static"
)

// Line is the behaviour of a story's connection.
type Line int

const (
	Live  Line = iota // sends the frames, then confirms them
	Stale             // sends the frames, then reports that they may be stale
	Dead              // does not respond
)

// Story is a page in one state.
type Story struct {
	Name string                        // a host label such as "patient-called"
	Page func(lang string) static.Page // nil if Foreign is set

	Foreign *foreign                      // a partner's homepage instead of a page
	Framed  func(lang string) static.Page // content of the iframe /embed/1234-1

	Line     Line
	Frames   []wire.Frame
	Answers  map[string]any // responses such as "GET /v1/session"; a wire.Problem is an error
	Lang     string         // only language of the story; "" means Japanese and English
	Query    string         // further query parameters: "sound=off"
	Fragment string         // of the URL, with #
	Storage  map[string]any // local storage, by key
	Offline  bool           // the browser reports no network after the connection is lost
	Lost     time.Duration  // time since the connection was lost, after all frames
	Kept     time.Duration  // age of the cached page; there is no connection
	Steps    []step         // actions of the user, in order
	NoScript bool           // scripts of the page are blocked
	Wordless bool           // the texts of the script fail to load
	Hurried  bool           // waits of the page take no time
	Loud     bool           // the browser allows sound
	Push     string         // state of web push: "default", "granted" or "denied" permission, "homescreen" of an iPhone; "" as the browser has it
	Portrait bool           // a wall screen: also checked in portrait format
	Crowded  bool           // content exceeds the screen, so the least important part is cut

	// Shows is a selector; the story is ready when it matches. A part after
	// ">>>" is in the shadow tree of the part before.
	Shows string
}

// step is an action of the user, performed when the selector matches an enabled
// element. It is typing or, without Type, a click. With Pass it only waits for
// the element, in intervals of this many milliseconds.
type step struct {
	At   string `json:"at"`
	Type string `json:"type,omitempty"`
	Pass int    `json:"pass,omitempty"`
}

// Langs returns the languages of the story.
func (s Story) Langs() []string {
	if s.Lang != "" {
		return []string{s.Lang}
	}
	return []string{static.Japanese, static.English}
}

func click(selectors ...string) []step {
	var all []step
	for _, s := range selectors {
		all = append(all, step{At: s})
	}
	return all
}

// stories returns all stories, in the order of the index.
func stories() []Story {
	return slices.Concat(patientStories(), bookStories(), slotStories(), ticketStories(), tellmeStories(), mineStories(), findStories(), displayStories(), deskStories(), deskSlotStories(), officeStories(), booksStories(), embedStories(), frameStories(), partnerStories(), otherStories())
}
