package push

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"testing"

	"junban/internal/pushtest"
	"junban/notify/message"
)

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSeal_IsTheExampleOfTheRFC compares with appendix A of RFC 8291.
func TestSeal_IsTheExampleOfTheRFC(t *testing.T) {
	t.Parallel()
	own, err := ecdh.P256().NewPrivateKey(decode(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	device, auth, err := keysOfDevice(message.Subscription{
		P256DH: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
		Auth:   "BTBZMqHH6r4Tts7J_aSIgg",
	})
	if err != nil {
		t.Fatal(err)
	}
	record := append(decode(t, "V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24"), delimiter)
	got, err := seal(record, device, auth, own, decode(t, "DGv6ra1nlYgDCS1FRnbzlw"))
	if err != nil {
		t.Fatal(err)
	}
	want := decode(t, "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	if !bytes.Equal(got, want) {
		t.Errorf("sealed %x, want %x", got, want)
	}
}

func TestEncrypt_PadsAndIsReadByTheDeviceAlone(t *testing.T) {
	t.Parallel()
	var devices [2]*pushtest.Device
	for i := range devices {
		var err error
		if devices[i], err = pushtest.NewDevice(); err != nil {
			t.Fatal(err)
		}
	}
	public, auth, err := keysOfDevice(message.Subscription{P256DH: devices[0].P256DH, Auth: devices[0].Auth})
	if err != nil {
		t.Fatal(err)
	}
	for size, text := range map[int]string{0: "", 1: "x", padded - 1: "", padded: "", maxRecord - 1: ""} {
		if text == "" {
			text = string(bytes.Repeat([]byte("x"), size))
		}
		body, err := encrypt([]byte(text), public, auth, padded)
		if err != nil {
			t.Fatal(err)
		}
		if want := headerSize + max(size+1, padded) + tagSize; len(body) != want || want > maxBody {
			t.Errorf("%d bytes: the body has %d, want %d", size, len(body), want)
		}
		if got, err := devices[0].Decrypt(body); err != nil || string(got) != text {
			t.Errorf("%d bytes: decrypted %d, error %v", size, len(got), err)
		}
		if _, err := devices[1].Decrypt(body); err == nil {
			t.Errorf("%d bytes: another device reads it", size)
		}
	}
}
