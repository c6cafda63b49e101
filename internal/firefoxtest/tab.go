package firefoxtest

import (
	"context"
	"encoding/base64"
	"fmt"
)

// Tab is one page of a [Firefox].
type Tab struct {
	firefox *Firefox
	id      string
}

// Open opens a tab with a page.
func (f *Firefox) Open(ctx context.Context, url string) (*Tab, error) {
	var made struct{ Context string }
	if err := f.Call(ctx, "browsingContext.create", map[string]any{"type": "tab"}, &made); err != nil {
		return nil, err
	}
	t := &Tab{f, made.Context}
	return t, t.Navigate(ctx, url)
}

// Navigate opens another page in the tab.
func (t *Tab) Navigate(ctx context.Context, url string) error {
	return t.firefox.Call(ctx, "browsingContext.navigate", map[string]any{"context": t.id, "url": url, "wait": "complete"}, nil)
}

// Show brings the tab to the front.
func (t *Tab) Show(ctx context.Context) error {
	return t.firefox.Call(ctx, "browsingContext.activate", map[string]any{"context": t.id}, nil)
}

// Close closes the tab.
func (t *Tab) Close(ctx context.Context) error {
	return t.firefox.Call(ctx, "browsingContext.close", map[string]any{"context": t.id}, nil)
}

// Eval evaluates an expression, awaits it, and returns its value as text.
func (t *Tab) Eval(ctx context.Context, expression string) (string, error) {
	var got struct {
		Type   string
		Result struct{ Value string }
		Error  struct{ Text string } `json:"exceptionDetails"`
	}
	err := t.firefox.Call(ctx, "script.evaluate", map[string]any{
		"expression": "(async () => String(await (" + expression + ") ?? ''))()", "target": map[string]any{"context": t.id}, "awaitPromise": true, "userActivation": true,
	}, &got)
	if err == nil && got.Type != "success" {
		err = fmt.Errorf("firefox: %s", got.Error.Text)
	}
	return got.Result.Value, err
}

// Picture is a screenshot of the tab, PNG.
func (t *Tab) Picture(ctx context.Context) ([]byte, error) {
	var got struct{ Data string }
	if err := t.firefox.Call(ctx, "browsingContext.captureScreenshot", map[string]any{"context": t.id}, &got); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(got.Data)
}
