//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// inFrame returns the text in the first frame of a page, or of the element in it. It
// also returns the address that the browser refused to show.
func (p *page) inFrame() (text, refused string, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, programtest.Long)
	defer cancel()
	err = chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		tree, err := cdp.Call(ctx, t, cdppage.GetFrameTree, cdp.Empty{})
		if err != nil {
			return err
		}
		if len(tree.FrameTree.ChildFrames) == 0 {
			return errors.New("no frame yet")
		}
		frame := tree.FrameTree.ChildFrames[0].Frame
		refused = frame.UnreachableURL
		world, err := cdp.Call(ctx, t, cdppage.CreateIsolatedWorld, cdppage.CreateIsolatedWorldParams{FrameID: frame.ID})
		if err != nil {
			return err
		}
		const said = "String((document.querySelector('junban-board')?.shadowRoot ?? document.body)?.textContent ?? '')"
		answer, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: said, ContextID: world.ExecutionContextID})
		if err != nil {
			return err
		}
		return json.Unmarshal(answer.Result.Value, &text)
	}))
	return text, refused, err
}

// frames waits until the first frame of a page shows want. If want is "", it waits
// until the browser refuses the address.
func (p *page) frames(url, want string) {
	p.t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		text, refused, err := p.inFrame()
		if err == nil && want != "" && refused == "" && strings.Contains(text, want) {
			return
		}
		if err == nil && want == "" && refused == url {
			if strings.Contains(text, "待ち") || strings.Contains(text, "内科") {
				p.t.Errorf("%s: the frame is refused, and shows %q", p.name, text)
			}
			return
		}
		if time.Since(start) > programtest.Long {
			p.t.Fatalf("%s: the frame shows %q, refused %q, %v; want %q", p.name, text, refused, err, want)
		}
	}
}

func TestE2E_ASiteThatIsNotAllowedIsToldSo(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	address := s.URL + "/embed/1234-1"
	allowed := homepage(t, element(s.URL, "")+`<iframe src="`+address+`"></iframe>`)
	refused := homepage(t, element(s.URL, "")+`<iframe src="`+address+`"></iframe>`)
	anywhere := open(t, chrome, "not-yet-refused", refused, 800, 600)
	anywhere.frames(address, "待ち 0組") // while the clinic allows no origin

	c := s.Client()
	c.LogIn(t, "1234", "demo")
	var settings wire.ClinicSettings
	c.Do(t, "GET", "/v1/clinics/1234/settings", nil, nil, &settings)
	settings.Origins = []string{allowed}
	if status := c.Do(t, "PUT", "/v1/clinics/1234/settings", nil, settings, &settings); status != http.StatusOK {
		t.Fatalf("the origins are answered with %d", status)
	}

	yes := open(t, chrome, "allowed", allowed, 800, 600)
	yes.contains(elementText, "待ち 0組")
	yes.frames(address, "待ち 0組")
	no := open(t, chrome, "refused", refused, 800, 600)
	no.contains(elementText, "このサイトには表示できません")
	no.frames(address, "")
	no.picture("said")
}
