//go:build unix

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/png"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// TestE2E_TheOfficeSetsTheClinic changes the clinic's public texts, its rooms and its
// retention, and reads the change log.
func TestE2E_TheOfficeSetsTheClinic(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	inOrder(t, s)
	c := s.Client()
	c.Issue(t, "one")
	desk := openDesk(t, chrome, "clinic", s, 1280, 2600)
	desk.click(`button[data-next="1234-1"][data-room="1"]`)
	desk.shows(".tickets.inside .number", "1")

	desk.click("[data-view=clinic]")
	desk.fill(".clinic input[name=name]", "もみじクリニック")
	desk.fill(".clinic textarea[name=hours]", "毎日 9時から12時")
	desk.fill(`.clinic input[name="retention.patients"]`, "7")
	desk.says(`.clinic label:has(input[name="retention.patients"])`, "患者情報の保存（日）")
	room := func(id, rest string) string { return fmt.Sprintf(`[data-room-settings="%s"] %s`, id, rest) }
	desk.says(room("1", ".stays"), "1番の方がいるため、消せません")
	desk.holds(fmt.Sprintf("document.querySelector('%s').disabled", room("1", "[data-remove]")))
	desk.click(`.clinic [data-add="rooms"]`)
	desk.fill(room("3", "input[type=text]"), "処置室")
	desk.click(room("3", `input[value="1234-1"]`))
	desk.click(room("3", `input[value="1234-2"]`))
	desk.click(".clinic button[type=submit]")
	desk.says(room("3", ".wrong"), "1つ以上選んでください")
	desk.picture("wrong")
	desk.click(room("3", `input[value="1234-2"]`))
	desk.click(room("2", "[data-remove]"))
	desk.click(room("1", `input[value="1234-2"]`)) // the new room alone serves it now
	desk.click(room("3", `input[value="1234-2"]`))
	desk.says(`.clinic [data-idle="1234-2"]`, "「小児科」を担当する診察室がありません")
	desk.picture("idle")
	desk.click(room("3", `input[value="1234-2"]`))
	desk.holds(`!document.querySelector('.clinic [data-idle]')`)
	desk.click(".clinic button[type=submit]")
	desk.shows(".clinic .saved", "保存しました。")
	desk.picture("saved")
	desk.says("header h1", "もみじクリニック")
	var profile wire.Clinic
	c.Do(t, "GET", "/v1/clinics/1234", nil, nil, &profile)
	if profile.Name != "もみじクリニック" || profile.Hours != "毎日 9時から12時" {
		t.Errorf("the public reads %+v", profile)
	}
	desk.click("[data-view=line]")
	desk.holds(`document.querySelector('#service-1234-2 [data-room-card="3"]') && !document.querySelector('[data-room-card="2"]')`)

	// Somebody comes into the room while it is being removed: the server refuses.
	other := s.Client()
	other.LogIn(t, "1234", "demo")
	other.Do(t, "PUT", "/v1/clinics/1234/rooms/3/duty", nil, wire.DutyRequest{Duty: "break"}, nil)
	other.Do(t, "PUT", "/v1/clinics/1234/rooms/3/duty", nil, wire.DutyRequest{Duty: "on"}, nil)
	desk.click("[data-view=clinic]")
	desk.click(room("3", "[data-remove]"))
	other.Do(t, "POST", "/v1/services/1234-2/walkins", map[string]string{"Idempotency-Key": "child"}, wire.IssueRequest{}, nil)
	other.Do(t, "POST", "/v1/services/1234-2/call", map[string]string{"Idempotency-Key": "call"}, wire.CallRequest{Room: "3"}, nil)
	desk.click(room("1", `input[value="1234-2"]`))
	desk.holds(`!document.querySelector('.clinic [data-idle]')`) // the form is shorter now
	desk.click(".clinic button[type=submit]")
	desk.says("#problem", "患者さんがいる診察室は消せません")
	desk.picture("refused")

	desk.click("[data-view=changes]")
	log := func(want string) {
		t.Helper()
		desk.says(".changes [data-changes] li", want)
	}
	log("名前：じゅんばんクリニック → もみじクリニック")
	log("診察室「第2診察室」を削除")
	log("診察室「処置室」を追加：小児科")
	log("診察室「第1診察室」の担当：内科、小児科 → 内科")
	log("患者情報の保存（日）：（なし） → 7")
	log("版 ")
	desk.picture("changes")
	desk.click("[data-view=acts]")
	desk.click("[data-journal=beside]")
	desk.shows("#journal", "受付・お知らせ・診察室の操作")
	desk.holds("!document.querySelector('.journal [data-of], .journal [data-journal=beside]')") // no ticket's
	desk.says(".journal tbody", "処置室を再開")
	desk.says(".journal tbody", "設定を変更")

	inEnglish(t, chrome, s, "clinic", func(p *page) {
		p.says(`[data-room-settings="3"] .stays`, "so it cannot be removed")
		p.holds("[...document.querySelectorAll('.clinic button, .clinic input:not([type=checkbox])')].every(e => e.offsetHeight >= 44)")
	})
	inEnglish(t, chrome, s, "changes", func(p *page) { p.says(".changes", "Room “処置室” added: 小児科") })
}

// TestE2E_AServiceKeepsItsOwnTimetable gives a service a timetable of its own,
// and takes it away.
func TestE2E_AServiceKeepsItsOwnTimetable(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	inOrder(t, s)
	desk := openDesk(t, chrome, "own", s, 1280, 1600)
	read := func(path string) (now wire.Timetable) {
		t.Helper()
		other := s.Client()
		other.LogIn(t, "1234", "demo")
		other.Do(t, "GET", path, nil, nil, &now)
		return now
	}
	desk.click("[data-view=timetable]")
	desk.click(".timetable [data-begin]")
	desk.click(`.timetable [data-add="exceptions"]`)
	desk.choose(".exception input[type=date]", "2031-01-06")
	desk.click(".exception label.check input") // it is open on that day
	desk.choose(".exception .whole input", "10:00")
	desk.click(".timetable button[type=submit]")
	desk.says(".exception .wrong", "入力してください") // until when
	desk.choose(".exception .whole input:last-of-type", "20:00")
	desk.click(".timetable button[type=submit]")
	desk.shows(".timetable .saved", "保存しました。")
	desk.picture("exception")
	if got := string(read("/v1/clinics/1234/timetable").Calendar); !strings.Contains(got, `"date":"2031-01-06","open":{"from":"10:00","to":"20:00"}`) {
		t.Errorf("the clinic's timetable is %s", got)
	}

	desk.click(`[data-timetable="1234-2"]`)
	desk.says(".timetable form", "クリニックの診療時間に従っています")
	desk.click(".timetable [data-begin]")
	desk.click("[data-edit=mon]")
	desk.choose(`[data-frame="weekly.mon[0]"] [role=group] input`, "10:00") // begins as the clinic's
	desk.click(`[data-timetable=clinic]`)
	desk.says("#unsaved", "小児科に入力した内容は、まだ保存していません")
	desk.click("#unsaved [data-keep]")
	desk.click(".timetable button[type=submit]")
	desk.shows(".timetable .saved", "保存しました。")
	desk.says(`[data-timetable="1234-2"]`, "独自")
	desk.picture("own")
	if got := string(read("/v1/services/1234-2/timetable").Calendar); !strings.Contains(got, `"mon":[{"session":"morning","consult":{"from":"10:00"`) {
		t.Errorf("the service's own timetable is %s", got)
	}
	desk.click(`[data-timetable=clinic]`)
	desk.says("#own", "小児科は、このクリニックの診療時間に従いません")
	desk.picture("clinic")

	english := open(t, chrome, "own-en", s.URL+"/staff?lang=en", 320, 640)
	english.click("[data-view=timetable]")
	english.says("#own", "小児科")
	english.fits()
	english.picture("clinic")

	desk.click(`[data-timetable="1234-2"]`)
	desk.click(".timetable [data-drop]")
	desk.click(".timetable button[type=submit]")
	desk.shows(".timetable .saved", "保存しました。")
	desk.holds(`!document.querySelector('[data-timetable="1234-2"] small')`)
	if got := read("/v1/services/1234-2/timetable"); string(got.Calendar) != "null" {
		t.Errorf("the service still has a timetable of its own: %s", got.Calendar)
	}
	desk.click("[data-view=changes]")
	desk.says(".changes [data-changes] li", "小児科: 診療時間の登録を削除")
	desk.says(".changes [data-changes]", "小児科: 診療時間 月曜日")
	desk.says(".changes [data-changes]", "診療時間 2031/01/06：（いつもどおり） → この日にネット受付を使える時間 10:00–20:00")
}

// TestE2E_AFormThatIsBeingReadTakesNothing delays the timetable of a service. Until it
// arrives, the form that it will replace is disabled.
func TestE2E_AFormThatIsBeingReadTakesNothing(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	inOrder(t, s)
	desk := open(t, chrome, "reading", s.URL+"/staff", 1280, 1000, before(`(() => {
		const real = window.fetch;
		window.fetch = async (...request) => {
			const answer = await real(...request);
			if (String(request[0]).endsWith("/1234-2/timetable")) await new Promise((release) => (window.release = release));
			return answer;
		};
	})()`))
	desk.logIn("1234", "demo", programtest.Password)
	desk.click("[data-view=timetable]")
	desk.holds("document.querySelector('.timetable form') && !document.querySelector('.timetable form').inert")
	desk.click(`[data-timetable="1234-2"]`)
	desk.holds("document.querySelector('.timetable form').inert && typeof window.release === 'function'")
	desk.text("window.release()")
	desk.holds(`document.querySelector('[data-timetable="1234-2"]').ariaPressed === "true" && !document.querySelector('.timetable form').inert`)
	desk.says(".timetable form", "クリニックの診療時間に従っています")
}

// TestE2E_TheSheetForTheEntranceIsRead photographs the sheet, as a phone does.
func TestE2E_TheSheetForTheEntranceIsRead(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "sheet-desk", s, 1280, 1000)
	desk.click("[data-view=clinic]")
	desk.holds(`document.querySelector('#sheet')?.getAttribute("href") === "/in/1234/sheet?lang=ja"`)
	for lang, heading := range map[string]string{"ja": "到着したら、ここから", "en": "Arrived? Start here"} {
		p := open(t, chrome, "sheet-"+lang, s.URL+"/in/1234/sheet?lang="+lang, 800, 1100)
		p.shows("h1", heading)
		p.holds("!document.querySelector('#print').hidden && document.documentElement.scrollWidth <= innerWidth")
		p.picture("screen")
		p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
			return err
		}))
		p.holds("document.querySelector('header').offsetHeight === 0")
		png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		p.picture("print")
		picture, _, err := image.Decode(bytes.NewReader(png))
		if err != nil {
			t.Fatal(err)
		}
		bits, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		read, err := qrcode.NewQRCodeReader().Decode(bits, nil)
		if err != nil {
			t.Fatalf("the code cannot be read: %v", err)
		}
		if want := s.URL + "/in/1234"; read.GetText() != want {
			t.Errorf("the code says %q, want %q", read.GetText(), want)
		}
	}
}
