package api

import (
	"bytes"
	"fmt"
	randv2 "math/rand/v2"
	"strings"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// TestFollow_BadRequestsTakeNothing sends bodies without an address. They use up nothing of
// who wants to follow, and to follow much does not keep anybody from ending it.
func TestFollow_BadRequestsTakeNothing(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t, behindProxy)
	home := fromAddress(fmt.Sprintf("2001:db8:%x:1::1", randv2.Uint32N(1<<16)))
	to := func(what string, body wire.FollowRequest) ask {
		return ask{method: "POST", path: "/v1/clinics/" + n.number() + "/" + what, header: home, body: body}
	}
	device := wire.FollowRequest{Push: aDevice(t, testEndpoint), Language: "ja", Consent: wire.ConsentVersion}
	for range 70 { // more than a /48 has
		n.refused(400, "field_invalid", to("follow", wire.FollowRequest{Language: "ja", Consent: "1"}))
	}
	follows := 0
	for ; follows < 100 && n.do(to("follow", device)).status == 200; follows++ {
	}
	if follows == 0 || follows == 100 {
		t.Errorf("%d requests to follow", follows)
	}
	get[wire.Following](n.world, 200, to("unfollow", device))
}

func TestFollow_EndsByALinkThatOnlyAPressUses(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	followers := func() int {
		t.Helper()
		all, err := n.box.CountFollowers(t.Context(), n.clinic.ID)
		if err != nil {
			t.Fatal(err)
		}
		return all[outbox.Mail]*10 + all[outbox.Push]
	}
	path := "/v1/clinics/" + n.number()
	byMail := wire.FollowRequest{Mail: n.mail, Proven: n.prove(n.mail), Language: "ja", Consent: wire.ConsentVersion}
	byPush := wire.FollowRequest{Push: aDevice(t, testEndpoint), Language: "ja", Consent: wire.ConsentVersion}
	for _, body := range []wire.FollowRequest{byMail, byPush, byPush} {
		if got := get[wire.Following](n.world, 200, ask{method: "POST", path: path + "/follow", body: body}); !got.Following {
			t.Error("it does not follow")
		}
	}
	if got := followers(); got != 11 {
		t.Errorf("%d followers", got)
	}
	n.refused(400, "field_invalid", ask{method: "POST", path: path + "/follow", body: wire.FollowRequest{Mail: "taro@example.jp", Proven: byMail.Proven, Language: "ja", Consent: "1"}})
	n.refused(400, "field_invalid", ask{method: "POST", path: path + "/follow", body: wire.FollowRequest{Language: "ja", Consent: "1"}})
	n.refused(400, "field_invalid", ask{method: "POST", path: path + "/follow", body: wire.FollowRequest{Push: byPush.Push, Language: "ja"}})
	if got := get[wire.Following](n.world, 200, ask{method: "POST", path: path + "/unfollow", body: byPush}); got.Following || followers() != 10 {
		t.Errorf("after unfollow: %+v, %d", got, followers())
	}
	link := "/u/" + n.box.UnfollowToken(n.clinic.ID, n.box.Hash(outbox.Address{Mail: n.mail}))
	for _, method := range []string{"GET", "HEAD", "GET"} {
		if res := n.do(ask{method: method, path: link}); res.status != 200 || followers() != 10 {
			t.Errorf("%s: %d, then %d followers", method, res.status, followers())
		}
	}
	if page := string(n.do(ask{method: "GET", path: link}).body); !strings.Contains(page, `method="post"`) || strings.Contains(page, "hanako") {
		t.Errorf("the page: %s", page)
	}
	forged := link[:len(link)-1] + "0"
	if forged == link {
		forged = link[:len(link)-1] + "1"
	}
	if res := n.do(ask{method: "POST", path: forged, body: "List-Unsubscribe=One-Click"}); res.status != 404 || followers() != 10 {
		t.Errorf("a forged link: %d", res.status)
	}
	for range 2 {
		if res := n.do(ask{method: "POST", path: link, body: "List-Unsubscribe=One-Click"}); res.status != 200 || followers() != 0 {
			t.Errorf("one press: %d, then %d followers", res.status, followers())
		}
	}
	n.silent()
}

func TestNews_ShowsWhatWasSent(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	now := time.Now()
	put := func(title string, due time.Time) string {
		t.Helper()
		item := outbox.NewsItem{ID: outbox.NewNewsID(), Title: title, Body: "本文", By: testUser, At: now, Due: due}
		if err := n.box.PutNews(t.Context(), n.clinic.ID, item); err != nil {
			t.Fatal(err)
		}
		return item.ID
	}
	put("休診", now.Add(-time.Hour))
	put("まだ", now.Add(time.Hour))
	if err := n.box.WithdrawNews(t.Context(), n.clinic.ID, put("取消", now.Add(-time.Minute))); err != nil {
		t.Fatal(err)
	}
	got := get[wire.NewsList](n.world, 200, ask{method: "GET", path: "/v1/clinics/" + n.number() + "/news"})
	if len(got.News) != 1 || got.News[0].Title != "休診" {
		t.Errorf("%+v", got.News)
	}
}

// TestClinicPage_HasTheNewestNews reads the page without a script. It has three news, as
// text, and those of no other clinic. An unlisted clinic's page stays out of search engines.
func TestClinicPage_HasTheNewestNews(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	put := func(c clinic.ID, title string, ago time.Duration) string {
		t.Helper()
		at := time.Now().Add(-ago)
		item := outbox.NewsItem{ID: outbox.NewNewsID(), Title: title, Body: "<b>本文</b>", By: testUser, At: at, Due: at}
		if err := n.box.PutNews(t.Context(), c, item); err != nil {
			t.Fatal(err)
		}
		return item.ID
	}
	n.record(func(c *clinic.Clinic) { c.Listed = false })
	for i, title := range []string{"一つめ", "二つめ", "三つめ", "四つめ"} {
		put(n.clinic.ID, title, 5*time.Hour-time.Duration(i)*time.Hour)
	}
	if err := n.box.WithdrawNews(t.Context(), n.clinic.ID, put(n.clinic.ID, "取消した話", time.Minute)); err != nil {
		t.Fatal(err)
	}
	put(n.clinic.ID, "まだの話", -time.Hour)
	res := n.do(ask{method: "GET", path: "/c/" + n.number()})
	page := string(res.body)
	at := []int{strings.Index(page, "四つめ"), strings.Index(page, "三つめ"), strings.Index(page, "二つめ")}
	if at[0] < 0 || at[1] < at[0] || at[2] < at[1] || !strings.Contains(page, "&lt;b&gt;本文") || !strings.Contains(page, "<time datetime=") {
		t.Errorf("the page has no news at %v: %s", at, page)
	}
	for _, no := range []string{"一つめ", "取消した話", "まだの話", "<b>本文", testUser} {
		if strings.Contains(page, no) {
			t.Errorf("%q is on the page", no)
		}
	}
	if !strings.Contains(res.header.Get("X-Robots-Tag"), "noindex") {
		t.Error("search engines may have the news of an unlisted clinic")
	}
	for _, path := range []string{"/", "/?q=" + n.number(), "/v1/clinics"} {
		if body := n.do(ask{method: "GET", path: path}).body; bytes.Contains(body, []byte("四つめ")) {
			t.Errorf("%s has its news", path)
		}
	}
}
