package firefoxtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrNoNotification is returned by [Firefox.Click] while no notification has the text.
var ErrNoNotification = errors.New("firefox shows no such notification")

// clickOn presses the window of a notification, as a reader does. The pages' own scripts
// cannot do that.
const clickOn = `(text => {
	for (const w of Services.wm.getEnumerator("alert:alert")) {
		if (!w.document.documentElement.textContent.includes(text)) continue;
		w.onAlertClick();
		return "clicked";
	}
	return "none";
})`

// tree is what browsingContext.getTree returns.
type tree struct {
	Contexts []struct{ Context, URL string }
}

// Click clicks on the notification whose body has this text.
func (f *Firefox) Click(ctx context.Context, text string) error {
	var windows tree
	if err := f.Call(ctx, "browsingContext.getTree", map[string]any{"moz:scope": "chrome", "maxDepth": 0}, &windows); err != nil {
		return err
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		return err
	}
	for _, w := range windows.Contexts {
		if w.URL != "chrome://browser/content/browser.xhtml" {
			continue
		}
		var got struct{ Result struct{ Value string } }
		if err := f.Call(ctx, "script.evaluate", map[string]any{"expression": fmt.Sprintf("%s(%s)", clickOn, quoted), "target": map[string]any{"context": w.Context}, "awaitPromise": true}, &got); err != nil {
			return err
		}
		if got.Result.Value == "clicked" {
			return nil
		}
	}
	return ErrNoNotification
}

// Tabs returns the open tabs by their addresses.
func (f *Firefox) Tabs(ctx context.Context) (map[string][]*Tab, error) {
	var open tree
	if err := f.Call(ctx, "browsingContext.getTree", map[string]any{"maxDepth": 0}, &open); err != nil {
		return nil, err
	}
	tabs := make(map[string][]*Tab)
	for _, c := range open.Contexts {
		tabs[c.URL] = append(tabs[c.URL], &Tab{f, c.Context})
	}
	return tabs, nil
}
