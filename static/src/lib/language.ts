// The list of languages. Its links work without this script; with it a language
// is remembered on the device, and the rest of the address stays: the fragment
// holds a patient's ticket. It is a script of its own, so that a page whose other
// scripts fail can still be read in another language.

const year = 365 * 24 * 3600; // seconds

/** Points a link to this very page, in its language. */
function aim(e: Event): void {
  const link = (e.target as Element).closest<HTMLAnchorElement>(".languages a[lang]");
  if (!link) return;
  const query = new URLSearchParams(location.search);
  query.set("lang", link.lang);
  link.search = query.toString();
  link.hash = location.hash;
  if (e.type === "click") document.cookie = `junban_lang=${link.lang}; path=/; max-age=${year}; samesite=lax`;
}

// Before it is followed, opened in another tab, or copied.
for (const type of ["mousedown", "touchstart", "focusin", "click"]) document.addEventListener(type, aim);
