// The list of languages. Its links work without this script. The script remembers the
// language on the device. It keeps the rest of the address, because the fragment has a
// patient's ticket. It is separate, so that it works when a page's other scripts fail.

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

// Runs before a link is followed, opened in another tab, or copied.
for (const type of ["mousedown", "touchstart", "focusin", "click"]) document.addEventListener(type, aim);
