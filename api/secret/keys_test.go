package secret

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func TestKeys_TokensAndCodesAreTheirOwn(t *testing.T) {
	t.Parallel()
	k, other := New([]byte("one secret of thirty-two bytes..")), New([]byte("another one of thirty-two bytes."))
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
			ID: a, Number: 23, Issued: time.UnixMilli(1_795_963_331_004), Position: "100000235", Session: "am", Channel: "web", Party: 2, Kind: "shot", Mark: c.mark,
		}
		token, err := k.TicketToken(issued, c.patient, c.code)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := New(k.secret).TicketToken(issued, c.patient, c.code)
		if again != token {
			t.Error("a retry gets another token")
		}
		plain, _ := base64.RawURLEncoding.DecodeString(token)
		if bytes.Contains(plain, []byte("順番")) || len(token) > c.characters {
			t.Errorf("%s: the token has %d characters, want %d, or is open to be read", c.name, len(token), c.characters)
		}
		want := queue.Claim{
			Number: 23, Issued: issued.Issued, Position: "100000235", Session: "am", Channel: "web", Party: 2, Kind: "shot", Patient: c.patient,
			Mark: c.mark, Persons: k.Persons("1234", c.patient), // of the whole name
		}
		want.Patient.Name = shorten(c.patient.Name, claimedName)
		if c.code != "" {
			want.CodeHash = k.CodeHash(a.Ref(), c.code)
		}
		if got, ok := k.Claim(a, token); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the token proves %+v, want %+v", c.name, got, want)
		}
		if !k.Owns(a, token) || k.Owns(b, token) || other.Owns(a, token) || k.Owns(a, "") || k.Owns(a, token[:len(token)-1]) || k.Owns(a, token[1:]) {
			t.Error("a token proves too much or too little")
		}
	}
	token := k.plainToken(a)
	if !k.Owns(a, token) || k.Owns(b, token) || other.Owns(a, token) || k.Owns(a, "") || k.Owns(a, token[:21]) {
		t.Error("a token proves too much or too little")
	}
	one, two := clinic.Ref{Clinic: "1234", Service: "1"}, clinic.Ref{Clinic: "1234", Service: "2"}
	same := New(k.secret) // another node
	if k.CancelCode(one, "key") != same.CancelCode(one, "key") {
		t.Error("a retry gets another code")
	}
	if k.CodeHash(one, "123456") == k.CodeHash(two, "123456") || k.CodeHash(one, "123456") == other.CodeHash(one, "123456") {
		t.Error("a code's hash is good elsewhere")
	}
}

// TestKeys_TokensOfBeforeAreRead reads a token of ten texts, as they were before a
// claim had a card number and a tail.
func TestKeys_TokensOfBeforeAreRead(t *testing.T) {
	t.Parallel()
	k, id := New([]byte("one secret of thirty-two bytes..")), queue.TicketID("1234-1-261121-aaaaaaaaaaaa")
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
		Number: 23, Issued: time.UnixMilli(1_795_963_331_004), Position: "100000235", Session: "am", Channel: "web", Party: 2, FirstVisit: true, Kind: "shot",
		Patient: p, Persons: k.Persons("1234", p),
	}
	if got, ok := k.Claim(id, sealed(fields...)); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("the token proves %+v, want %+v", got, want)
	}
	for _, bad := range [][]string{fields[:9], append(slices.Clone(fields), "012345"), {"x"}} {
		if got, ok := k.Claim(id, sealed(bad...)); ok {
			t.Errorf("%d fields prove %+v", len(bad), got)
		}
	}
}

// TestMac_SeparatesItsParts checks that no two lists of parts have one sum. Parts
// without a separator keep the sum that they had before.
func TestMac_SeparatesItsParts(t *testing.T) {
	t.Parallel()
	k := New(make([]byte, 32))
	seen := map[string][]string{}
	for _, parts := range [][]string{{"a", "b"}, {"a|b"}, {`a\`, "b"}, {`a\|b`}, {"a|", "b"}, {"a", "|b"}, {"a", "b", ""}, {`a\\`, "b"}} {
		sum := Short(k.MAC("use", parts...))
		if other, twice := seen[sum]; twice {
			t.Errorf("%q and %q have one sum", parts, other)
		}
		seen[sum] = parts
	}
}
