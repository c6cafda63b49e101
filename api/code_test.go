package api

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"junban/api/wire"
)

// TestTicketCode_OpensTheTicket reads the code of a ticket as another phone does. It is
// the link with the token, for its owner alone.
func TestTicketCode_OpensTheTicket(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		mine, other := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
		path := "/v1/tickets/" + mine.Ticket.ID + "/code"
		w.refused(401, "token_required", ask{method: "GET", path: path})
		w.refused(401, "token_required", ask{method: "GET", path: path, cookie: w.login()})
		w.refused(403, "token_wrong", ask{method: "GET", path: path, token: other.Token})
		code := get[wire.QRCode](w, 200, ask{method: "GET", path: path, token: mine.Token})
		bits, err := gozxing.NewBinaryBitmapFromImage(picture(t, code))
		if err != nil {
			t.Fatal(err)
		}
		// The reader's search in photos misses one of 80 faultless pictures.
		read, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
		if err != nil {
			t.Fatal(err)
		}
		if link := read.GetText(); !strings.HasSuffix(link, "/s/"+string(w.clinic.ID)+"-1#"+mine.Ticket.ID+"."+mine.Token) {
			t.Errorf("the code is of %s", link)
		}
	})
}

// picture fills the path of a code, as a browser does.
func picture(t *testing.T, code wire.QRCode) image.Image {
	t.Helper()
	const scale = 4
	img := image.NewGray(image.Rect(0, 0, code.Size*scale, code.Size*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for part := range strings.SplitAfterSeq(code.Path, "z") {
		if part == "" {
			continue
		}
		var x, y, width, back int
		if _, err := fmt.Fscanf(bytes.NewBufferString(part), "M%d %dh%dv1h-%dz", &x, &y, &width, &back); err != nil {
			t.Fatalf("%q: %v", part, err)
		}
		for dx := range width * scale {
			for dy := range scale {
				img.Set(x*scale+dx, y*scale+dy, color.Black)
			}
		}
	}
	return img
}
