package browsertest

import (
	"context"
	"encoding/binary"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/chromedp"
)

// typefaces counts the glyphs of a text by font family.
func typefaces(t *testing.T, ctx context.Context, style, text string) map[string]float64 {
	t.Helper()
	glyphs := map[string]float64{}
	err := chromedp.Do(ctx, chromedp.Navigate("data:text/html;charset=utf-8,<p style='"+style+"'>"+text),
		chromedp.Query(chromedp.CSS("p"), chromedp.After(func(ctx context.Context, t *chromedp.Target, nodes []*chromedp.Node) error {
			used, err := cdp.Call(ctx, t, css.GetPlatformFontsForNode, css.GetPlatformFontsForNodeParams{NodeID: nodes[0].NodeID})
			if err != nil {
				return err
			}
			for _, f := range used.Fonts {
				glyphs[f.FamilyName] += f.GlyphCount
			}
			return nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	return glyphs
}

// TestFonts_MachineFontsAreNotUsed requests fonts that a machine may have.
func TestFonts_MachineFontsAreNotUsed(t *testing.T) {
	for _, command := range []string{Chromium, Shell} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			onlyOurFonts(t, Find(t, command))
		})
	}
}

func onlyOurFonts(t *testing.T, path string) {
	options, err := Options(path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	defer cancel()
	ctx, closeTab := chromedp.NewContext(allocator)
	defer closeTab()
	defer func() { _ = chromedp.Cancel(ctx) }()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		style, text string
		want        []string
	}{
		{"", "内科 さくら医院 髙﨑 Đặng Thị Ánh São Paulo 0123 ✓", []string{"Noto Sans JP"}},
		{"font-family:DejaVu Sans,IPAGothic,VL Gothic,Noto Sans CJK JP,Georgia,serif", "受付 Queue", []string{"Noto Sans JP"}},
		{"font-family:monospace;font-weight:bold", "受付 Queue", []string{"Noto Sans JP"}},
		{"font-family:system-ui", "请稍候 门诊", []string{"Noto Sans JP", "Noto Sans SC"}},
		{"font-family:sans-serif", "접수 번호", []string{"Noto Sans JP", "Noto Sans KR"}},
	} {
		got := typefaces(t, ctx, test.style, test.text)
		for family, n := range got {
			if !slices.Contains(test.want, family) {
				t.Errorf("%q with %q: %g glyphs of %s, want only %v", test.text, test.style, n, family, test.want)
			}
		}
		if len(got) == 0 {
			t.Errorf("%q with %q: no font has its glyphs", test.text, test.style)
		}
	}
}

// TestFonts_HaveTheirLicence: the Open Font License requires its text beside
// the fonts.
func TestFonts_HaveTheirLicence(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("fonts", "OFL.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "SIL OPEN FONT LICENSE Version 1.1") {
		t.Error("fonts/OFL.txt is not the licence of the fonts")
	}
}

// characters returns the characters that a TrueType font has glyphs for, from
// its cmap table of format 4 or 12.
func characters(t *testing.T, font []byte) map[rune]bool {
	t.Helper()
	u16 := func(at uint32) uint32 { return uint32(binary.BigEndian.Uint16(font[at:])) }
	u32 := func(at uint32) uint32 { return binary.BigEndian.Uint32(font[at:]) }
	has := map[rune]bool{}
	for i := range u16(4) {
		entry := 12 + 16*i
		if string(font[entry:entry+4]) != "cmap" {
			continue
		}
		cmap := u32(entry + 8)
		for j := range u16(cmap + 2) {
			sub := cmap + u32(cmap+4+8*j+4)
			switch u16(sub) {
			case 4:
				segments := u16(sub+6) / 2
				for k := range segments {
					for c := u16(sub + 16 + 2*segments + 2*k); c <= u16(sub+14+2*k) && c != 0xffff; c++ {
						has[rune(c)] = true
					}
				}
			case 12:
				for k := range u32(sub + 12) {
					for c := u32(sub + 16 + 12*k); c <= u32(sub+16+12*k+4); c++ {
						has[rune(c)] = true
					}
				}
			}
		}
	}
	return has
}

// TestFonts_HaveAllCharactersOfThePages: characters without a glyph would
// appear as boxes in the pictures.
func TestFonts_HaveAllCharactersOfThePages(t *testing.T) {
	t.Parallel()
	texts, err := filepath.Glob("../../static/src/locale/*.json")
	if err != nil || len(texts) == 0 {
		t.Fatalf("no locale files: %v", err)
	}
	for _, weight := range []string{"Regular", "Bold"} {
		files, err := fs.Glob(fonts, "fonts/*-"+weight+".ttf")
		if err != nil || len(files) == 0 {
			t.Fatalf("no fonts of %s: %v", weight, err)
		}
		has := map[rune]bool{}
		for _, file := range files {
			font, err := fs.ReadFile(fonts, file)
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(has, characters(t, font))
		}
		for _, file := range texts {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range string(text) {
				if c >= ' ' && !has[c] {
					t.Errorf("%s: no font of weight %s has %q (run make test-fonts)", file, weight, c)
					has[c] = true
				}
			}
		}
	}
}
