package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/queue"
	"junban/queue/clinic"
)

func TestPassword_HashesAndMatches(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword(testPassword)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
	for password, want := range map[string]bool{testPassword: true, "x": false, "": false} {
		if got, err := MatchPassword(hash, password); got != want || err != nil {
			t.Errorf("%q matches: %v %v", password, got, err)
		}
	}
	for _, bad := range []string{"", strings.Repeat("p", MaxPassword+1)} {
		if _, err := HashPassword(bad); err == nil {
			t.Errorf("a password of %d bytes was hashed", len(bad))
		}
	}
}

func TestPassword_CostlyOrBrokenHashIsNotComputed(t *testing.T) {
	t.Parallel()
	const tail = "$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0"
	for _, hash := range []string{
		"x", "$argon2i$v=19$m=19456,t=2,p=1" + tail, "$argon2id$v=16$m=19456,t=2,p=1" + tail, "$argon2id$v=19$m=4000000,t=2,p=1" + tail,
		"$argon2id$v=19$m=19456,t=1000,p=1" + tail, "$argon2id$v=19$m=19456,t=2,p=0" + tail, "$argon2id$v=19$m=19456,t=0,p=1" + tail,
		"$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$!", "$argon2id$v=19$nonsense" + tail,
	} {
		if got, err := MatchPassword(hash, "x"); got || err == nil {
			t.Errorf("%q was computed", hash)
		}
	}
}

func TestPasswords_WaitOnlyAsLongAsTheRequest(t *testing.T) {
	t.Parallel()
	p := newPasswords()
	if ok, err := p.check(t.Context(), strangerLane, "", testPassword); ok || err != nil {
		t.Errorf("nobody's password matches: %v %v", ok, err)
	}
	for range atOnce {
		if _, err := p.enter(strangerLane); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.check(ctx, strangerLane, "", "x"); !problem.Unreachable(err) {
		t.Errorf("while others are checked: %v", err)
	}
}

func TestKeys_TokensAndCodesAreTheirOwn(t *testing.T) {
	t.Parallel()
	k, other := keys{[]byte("one secret of thirty-two bytes..")}, keys{[]byte("another one of thirty-two bytes.")}
	a, b := queue.TicketID("1234-1-261121-aaaaaaaaaaaa"), queue.TicketID("1234-1-261121-bbbbbbbbbbbb")
	const mark, code = "abcdefgh", "004711"
	for _, c := range []struct {
		name       string
		patient    queue.Patient
		mark, code string
		characters int // of the token
	}{
		{"nothing", queue.Patient{}, "", "", 88},
		{"what the web desk asks at least", queue.Patient{}, mark, code, 102},
		{"a usual patient", queue.Patient{Name: "順番 花子", Phone: "09012345678"}, mark, code, 134},
		{"of the desk", queue.Patient{Name: "順番 花子", Phone: "09012345678"}, "", "", 120},
		{"a card", queue.Patient{CardNumber: "012345"}, mark, code, 110},
		{"a long name", queue.Patient{Name: "Nguyễn Thị Hồng Hạnh", Phone: "09012345678", CardNumber: "012345"}, mark, code, 164},
		{"a code that cannot be confused with none", queue.Patient{}, "", "000000", 95},
	} {
		issued := queue.Ticket{
			ID: a, Number: 23, Issued: time.UnixMilli(1_795_963_331_004), Place: "100000235", Session: "am", Channel: "web", Party: 2, Kind: "shot", Mark: c.mark,
		}
		token, err := k.ticketToken(issued, c.patient, c.code)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := keys{k.secret}.ticketToken(issued, c.patient, c.code)
		if again != token {
			t.Error("a retry gets another token")
		}
		plain, _ := base64.RawURLEncoding.DecodeString(token)
		if bytes.Contains(plain, []byte("順番")) || len(token) > c.characters {
			t.Errorf("%s: the token has %d characters, want %d, or is open to be read", c.name, len(token), c.characters)
		}
		want := queue.Claim{
			Number: 23, Issued: issued.Issued, Place: "100000235", Session: "am", Channel: "web", Party: 2, Kind: "shot", Patient: c.patient,
			Mark: c.mark, Persons: k.persons("1234", c.patient), // of the whole name
		}
		want.Patient.Name = shorten(c.patient.Name, claimedName)
		if c.code != "" {
			want.CodeHash = k.codeHash(a.Ref(), c.code)
		}
		if got, ok := k.claim(a, token); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the token proves %+v, want %+v", c.name, got, want)
		}
		if !k.owns(a, token) || k.owns(b, token) || other.owns(a, token) || k.owns(a, "") || k.owns(a, token[:len(token)-1]) || k.owns(a, token[1:]) {
			t.Error("a token proves too much or too little")
		}
	}
	token := k.plainToken(a)
	if !k.owns(a, token) || k.owns(b, token) || other.owns(a, token) || k.owns(a, "") || k.owns(a, token[:21]) {
		t.Error("a token proves too much or too little")
	}
	one, two := clinic.Ref{Clinic: "1234", Service: "1"}, clinic.Ref{Clinic: "1234", Service: "2"}
	same := keys{k.secret} // another node
	if k.cancelCode(one, "key") != same.cancelCode(one, "key") {
		t.Error("a retry gets another code")
	}
	if k.codeHash(one, "123456") == k.codeHash(two, "123456") || k.codeHash(one, "123456") == other.codeHash(one, "123456") {
		t.Error("a code's hash is good elsewhere")
	}
}

// TestKeys_TokensOfBeforeAreRead reads a token of ten texts, as they were before a
// claim had a card number and a tail.
func TestKeys_TokensOfBeforeAreRead(t *testing.T) {
	t.Parallel()
	k, id := keys{[]byte("one secret of thirty-two bytes..")}, queue.TicketID("1234-1-261121-aaaaaaaaaaaa")
	seal, err := k.sealer()
	if err != nil {
		t.Fatal(err)
	}
	sealed := func(fields ...string) string {
		nonce := make([]byte, seal.NonceSize())
		return base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, []byte(strings.Join(fields, claimBreak)), []byte(id)))
	}
	fields := []string{"23", strconv.FormatInt(1_795_963_331_004, 36), "100000235", "am", "web", "2", "1", "shot", "順番 花子", "09012345678"}
	p := queue.Patient{Name: "順番 花子", Phone: "09012345678"}
	want := queue.Claim{
		Number: 23, Issued: time.UnixMilli(1_795_963_331_004), Place: "100000235", Session: "am", Channel: "web", Party: 2, FirstVisit: true, Kind: "shot",
		Patient: p, Persons: k.persons("1234", p),
	}
	if got, ok := k.claim(id, sealed(fields...)); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("the token proves %+v, want %+v", got, want)
	}
	for _, bad := range [][]string{fields[:9], append(slices.Clone(fields), "012345"), {"x"}} {
		if got, ok := k.claim(id, sealed(bad...)); ok {
			t.Errorf("%d fields prove %+v", len(bad), got)
		}
	}
}

func TestSession_CookieCannotBeStretched(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(time.Hour).Truncate(time.Second)
	k, other := keys{[]byte("one secret of thirty-two bytes..")}, keys{[]byte("another one of thirty-two bytes.")}
	token := k.sessionToken("1234", ends)
	s, ok := k.parseSession("1234." + token)
	if !ok || s.clinic != "1234" || !s.expires.Equal(ends) {
		t.Errorf("%+v %v", s, ok)
	}
	for i := range token { // the end, and everything else, is signed
		changed := []byte(token)
		changed[i] = "AB"[map[bool]int{true: 1}[token[i] == 'A']]
		if _, ok := k.parseSession("1234." + string(changed)); ok {
			t.Errorf("%s was read for %s", changed, token)
		}
	}
	if _, ok := other.parseSession("1234." + token); ok {
		t.Error("the session of another secret was read")
	}
	for _, bad := range []string{"", "1234", "1234.", "12345." + token, "abcd." + token, "1235." + token, "1234." + token + "A", "1234." + token[:42] + "!"} {
		if _, ok := k.parseSession(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestPhone_IsNormalised(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "090-1234-5678": "09012345678", "０９０－１２３４－５６７８": "09012345678", "（03） 1234ー5678": "0312345678",
		"+81 90 1234 5678": "09012345678", "+81 (0)3-1234-5678": "0312345678", "+1 212 555 0100": "+12125550100", "　０３　1234": "031234",
	} {
		if got, err := route.Phone("phone", in); got != want || err != nil {
			t.Errorf("%q is %q %v, want %q", in, got, err, want)
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"", "090-1234-5678", "＋８１", "+", "ー", "\xff", "１２"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := route.Phone("phone", s)
		if err != nil {
			return
		}
		if len(got) > route.MaxPhone || strings.Trim(strings.TrimPrefix(got, "+"), "0123456789") != "" {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := route.Phone("phone", got); again != got || err != nil {
			t.Errorf("%q became %q, and that %q %v", s, got, again, err)
		}
	})
}

func FuzzParseTopic(f *testing.F) {
	for _, s := range []string{"service:1234-1", "clinic:1234", "ticket:1234-1-261121-k3f9a1x2m7qd", "staff:1234", "", ":", "ticket:1234-1-269999-k3f9a1x2m7qd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTopic(s)
		if err != nil {
			return
		}
		if string(got.name) != s || frameTypes[got.kind] == "" {
			t.Errorf("%q is %+v", s, got)
		}
		if _, err := clinic.ParseID(string(got.clinic)); err != nil {
			t.Errorf("%q is of clinic %q", s, got.clinic)
		}
	})
}

func FuzzParseSession(f *testing.F) {
	k := keys{[]byte("one secret of thirty-two bytes..")}
	f.Add("1234." + k.sessionToken("1234", time.Unix(1, 0)))
	f.Add("1234.")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := k.parseSession(s)
		if ok && (len(got.hash) != 64 || !strings.HasPrefix(s, string(got.clinic)+".")) {
			t.Errorf("%q is %+v", s, got)
		}
	})
}
