package main

import (
	"slices"
	"time"

	"junban/api/wire"
	"junban/static"
)

// Line is what a story's connection does.
type Line int

const (
	Speaks Line = iota // tells the frames, and goes on to vouch for them
	Doubts             // tells the frames, and then that it cannot vouch for them
	Dead               // nothing answers
)

// Story is one page in one state.
type Story struct {
	Name string                        // a host label: "patient-called"
	Page func(lang string) static.Page // nil where Foreign is not

	Foreign *foreign                      // a homepage that is not ours, in place of a page
	Framed  func(lang string) static.Page // what stands in the frame of either, /embed/1234-1

	Line     Line
	Frames   []wire.Frame
	Answers  map[string]any // "GET /v1/session" → a value of the contract; a wire.Problem is a refusal
	Lang     string         // the only one it is told in; "" is both Japanese and English
	Query    string         // of the address, beside the language: "sound=off"
	Fragment string         // of the address, with its #
	Storage  map[string]any // of the device, by key
	Offline  bool           // the browser says that there is no network, once the line is lost
	Lost     time.Duration  // for how long the line has been lost, once it has said all
	Kept     time.Duration  // how old the page is that the browser kept; its line is lost from the first
	Steps    []step         // what a hand does there, one after the other
	NoScript bool           // the page's scripts are refused
	Wordless bool           // the words of its script do not come
	Hurried  bool           // nothing that the page waits for takes time
	Loud     bool           // the browser lets the page be heard
	Portrait bool           // a screen on a wall: a picture of it upright too
	Crowded  bool           // more than the screen can hold: what matters least is cut

	// Shows is a selector of what the story is about; it is ready when that is
	// there. What stands behind ">>>" is in the shadow tree of what stands before.
	Shows string
}

// step is one thing that a hand does, as soon as the selector's element is there
// and enabled: it types, or clicks where there is nothing to type. With Pass it
// only waits for the element, so many milliseconds at a time.
type step struct {
	At   string `json:"at"`
	Type string `json:"type,omitempty"`
	Pass int    `json:"pass,omitempty"`
}

// Langs are the languages that a story is told in.
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

// stories are all of them, in the order of the index.
func stories() []Story {
	return slices.Concat(patientStories(), ticketStories(), mineStories(), findStories(), displayStories(), deskStories(), officeStories(), embedStories(), frameStories(), partnerStories(), otherStories())
}
