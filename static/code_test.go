package static

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"regexp"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// scan decodes the code of a sheet, drawn at a number of pixels per unit.
func scan(t *testing.T, html string, pixels int) string {
	t.Helper()
	size := 0
	box := regexp.MustCompile(`viewBox="0 0 (\d+) \d+"`).FindStringSubmatch(html)
	path := regexp.MustCompile(`<path d="([^"]+)"`).FindStringSubmatch(html)
	if box == nil || path == nil {
		t.Fatalf("no code in\n%s", html)
	}
	fmt.Sscan(box[1], &size)
	picture := image.NewGray(image.Rect(0, 0, size*pixels, size*pixels))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for run := range strings.SplitSeq(strings.TrimSuffix(path[1], "z"), "z") {
		var x, y, width, back int
		if n, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &width, &back); n != 4 || width != back {
			t.Fatalf("path %q: %v", run, err)
		}
		black := image.Rect(x*pixels, y*pixels, (x+width)*pixels, (y+1)*pixels)
		draw.Draw(picture, black, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatalf("decoding the code: %v", err)
	}
	return read.GetText()
}

func TestSheet_CodeContainsTheURL(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, url := range []string{
		"http://localhost:8080/in/1234", "https://junban.example/in/0001",
		"https://" + strings.Repeat("a-long-name.", 12) + "example:8443/in/9999",
	} {
		html := render(t, s, SheetPage{Lang: Japanese, Name: "さくら医院", URL: url})
		if got := scan(t, html, 4); got != url {
			t.Errorf("the code contains %q, want %q", got, url)
		}
		if !strings.Contains(html, `<p class="url">`+url+`</p>`) {
			t.Errorf("%s is not printed as text", url)
		}
	}
}

func TestSheet_RefusesATooLongURL(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := newSite(t).Render(&out, SheetPage{Lang: Japanese, URL: "https://" + strings.Repeat("x", 4000)}); err == nil || out.Len() > 0 {
		t.Errorf("rendered %d bytes, error %v", out.Len(), err)
	}
}
