//go:build unix

package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// TestE2E_AnAdminLooksAfterTheUsers adds a desk user. She logs in with her own browser,
// has the line and no settings, and changes her password. Then the admin ends her
// login.
func TestE2E_AnAdminLooksAfterTheUsers(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	admin := openDesk(t, chrome, "users", s, 1280, 1600)
	admin.click("[data-view=users]")
	admin.says(".users [data-user=demo]", "管理者")
	admin.holds("!document.querySelector('.users [data-user=demo] button') && !document.querySelector('#only-admin')")
	admin.says(".users [data-login]", "この画面")
	admin.says(".users [data-login]", "127.0.0.*")
	admin.fill(".users .add input[name=name]", "花子")
	admin.click(".users .add button[type=submit]")
	admin.says("#made", "このパスワードは今だけ表示します")
	admin.says(".users [data-user=花子]", "まだログインしていません")
	admin.picture("made")
	password := admin.text("document.querySelector('#made code').textContent")
	if len(password) != 19 {
		t.Fatalf("the password is %q", password)
	}
	admin.click("#made button")
	admin.holds("!document.querySelector('#made')")

	other := browser(t)
	desk := open(t, other, "hers", s.URL+"/staff", 1280, 1600)
	desk.logIn("1234", "花子", password)
	desk.shows("header h1", "じゅんばんクリニック")
	desk.holds("['settings', 'clinic', 'timetable'].every(v => !document.querySelector(`[data-view=${v}]`))")
	desk.holds("document.querySelector('[data-view=line]') !== null && !document.querySelector('.settings')")
	desk.click("[data-view=users]")
	desk.says("#only-admin", "管理者だけが変えられます")
	desk.holds("!document.querySelector('.users .add') && document.querySelectorAll('.users [data-login]').length === 1")
	desk.picture("desk")
	desk.fill(".users .own input[name=old]", "not the password")
	desk.fill(".users .own input[name=new]", "花子のひみつの言葉")
	desk.click(".users .own button[type=submit]")
	desk.says("#problem", "今のパスワードが違います")
	desk.fill(".users .own input[name=old]", password)
	desk.click(".users .own button[type=submit]")
	desk.says(".users .saved", "パスワードを変えました")
	desk.picture("changed")
	c := s.Client()
	for said, want := range map[string]int{password: http.StatusUnauthorized, "花子のひみつの言葉": http.StatusOK} {
		if got := c.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "花子", Password: said}, nil); got != want {
			t.Errorf("login with %q: %d, want %d", said, got, want)
		}
	}
	c.Do(t, "POST", "/v1/logout", nil, nil, nil)

	admin.click("[data-view=line]")
	admin.click("[data-view=users]")
	admin.says(".users [data-of=花子]", "Chrome")
	admin.picture("sessions")
	admin.click(".users [data-of=花子] [data-end]")
	admin.holds("!document.querySelector('.users [data-of=花子]')")
	desk.says("#problem", "もう一度ログインしてください")
	desk.holds("document.querySelector('.login input[name=password]') !== null && !document.querySelector('.services')")
	desk.picture("ended")

	// Another role shows at once on a page that is open.
	desk.do(chromedp.Reload())
	desk.logIn("1234", "花子", "花子のひみつの言葉")
	desk.shows("header h1", "じゅんばんクリニック")
	admin.click(".users [data-user=花子] [data-role=admin]")
	admin.says(".users [data-user=花子] .role", "管理者")
	desk.click("[data-view=settings]")
	desk.holds("document.querySelector('.settings input[name=comeAt]') !== null")
	admin.click(".users [data-user=花子] [data-ask=remove]")
	admin.says(".users [data-user=花子] .ask", "「花子」を削除しますか")
	admin.picture("sure")
	admin.click(".users [data-user=花子] [data-yes]")
	admin.holds("!document.querySelector('.users [data-user=花子]')")
	desk.says("#problem", "もう一度ログインしてください")

	inEnglish(t, chrome, s, "users", func(p *page) {
		p.says(".users [data-user=demo]", "Admin")
		p.holds("[...document.querySelectorAll('.users button, .users input:not([hidden]), .users select')].every(e => (e.type === 'checkbox' ? e.closest('label') : e).offsetHeight >= 44)")
	})
}
