// Writes the fonts of the browser tests: subsets of Noto Sans, static weights 400
// and 700, as TrueType files beside this script.
//
// The subsets are standard character sets beside the characters of the pages' texts,
// so that a new sentence or a typed name rarely needs a new font:
//   JP: JIS X 0208 rows 1-8 and level 1, with Latin, Vietnamese and punctuation
//   SC: GB 2312 level 1 without the characters of JP
//   KR: the Hangul of KS X 1001
// A character outside all of them is drawn as the first font's .notdef box, one em
// wide, on every machine.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import subset from "subset-font";

// All characters of an EUC encoding whose first byte is within a range.
const euc = (encoding, first, last) => {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let text = "";
  for (let row = first; row <= last; row++) {
    for (let cell = 0xa1; cell <= 0xfe; cell++) {
      try {
        text += decoder.decode(new Uint8Array([row, cell]));
      } catch {
        // not assigned
      }
    }
  }
  return text;
};
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join("");

const latin = range(0x20, 0x7e) + range(0xa0, 0x24f) + range(0x300, 0x323) + range(0x1ea0, 0x1ef9) + range(0x2010, 0x203f) + range(0x20a0, 0x20bf) + range(0x2100, 0x27bf);
// Kanji of names and words that level 1 of JIS X 0208 lacks.
const more = "髙﨑靖澤邊邉齋齊籤咳嘔癌膵咽喉痙攣疱疹腱鞘嚥";
const locales = "../../../static/src/locale/";
const texts = readdirSync(locales).filter((name) => name.endsWith(".json")).map((name) => readFileSync(locales + name, "utf8")).join("");

const japanese = latin + range(0x3000, 0x30ff) + range(0xff00, 0xffef) + euc("euc-jp", 0xa1, 0xcf) + more;
const simplified = [...euc("gb2312", 0xb0, 0xd7), ...texts].filter((c) => !japanese.includes(c)).join("");
const korean = euc("euc-kr", 0xb0, 0xc8) + range(0x3131, 0x3163);

for (const [name, text] of Object.entries({ JP: japanese, SC: simplified, KR: korean })) {
  const from = `node_modules/@expo-google-fonts/noto-sans-${name.toLowerCase()}`;
  for (const weight of ["400Regular", "700Bold"]) {
    const font = readFileSync(`${from}/${weight}/NotoSans${name}_${weight}.ttf`);
    writeFileSync(`NotoSans${name}-${weight.slice(3)}.ttf`, await subset(font, text, { targetFormat: "truetype" }));
  }
}
copyFileSync("node_modules/@expo-google-fonts/noto-sans-jp/LICENSE_FONT", "OFL.txt");
