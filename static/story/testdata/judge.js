// What is wrong with how a page looks, as far as that can be computed. Answers
// { height, faults }.
(() => {
  if (window.stir) stir();
  const faults = [];
  const wide = document.documentElement.clientWidth;
  const say = (what, e, text) => {
    const name = e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.classList.length ? "." + [...e.classList].join(".") : "");
    faults.push(`${what}: ${name} ${JSON.stringify((text ?? e.textContent).trim().replace(/\s+/g, " ").slice(0, 40))}`);
  };
  if (document.documentElement.scrollWidth > wide) {
    faults.push(`the document is ${document.documentElement.scrollWidth} px wide on ${wide}`);
  }

  // Where a text lies, and what cuts it.
  const texts = [];
  const visible = (e) => e.checkVisibility({ visibilityProperty: true });
  const roots = [];
  const visit = (root) => {
    roots.push(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      if (n.shadowRoot) visit(n.shadowRoot);
      const parent = n.parentElement;
      if (n.nodeType !== Node.TEXT_NODE || !n.data.trim() || !parent || !visible(parent) || /^(SCRIPT|STYLE|NOSCRIPT|OPTION|TEXTAREA)$/.test(parent.tagName)) continue;
      const range = document.createRange();
      range.selectNodeContents(n);
      const frame = frameOf(parent);
      if (frame.floats) continue;
      for (const r of range.getClientRects()) {
        if (r.width < 2 || r.height < 2) continue;
        if (frame.scrolls) continue; // it comes into sight by itself
        if (frame.lines) continue; // cut on purpose, after whole lines
        texts.push({ r, parent, text: n.data });
        if (r.left < -1 || r.right > wide + 1) say("beyond the page", parent, n.data);
        for (const c of frame.cuts) {
          if (r.right > c.right + 1 || r.left < c.left - 1 || r.bottom - r.height * 0.2 > c.bottom + 1) say("cut", parent, n.data);
        }
      }
    }
  };
  const known = new Map();
  const frameOf = (e) => {
    if (!e || e === document.documentElement) return { cuts: [], scrolls: false, floats: false, lines: false };
    if (!known.has(e)) {
      const s = getComputedStyle(e);
      const flow = s.overflowX + s.overflowY;
      const above = frameOf(e.parentElement);
      const own = e === document.body ? { left: 0, right: innerWidth, bottom: innerHeight } : e.getBoundingClientRect();
      known.set(e, {
        cuts: /hidden|clip/.test(flow) ? [...above.cuts, own] : above.cuts,
        scrolls: above.scrolls || /auto|scroll/.test(flow),
        floats: above.floats || s.position === "sticky" || s.position === "fixed",
        lines: above.lines || s.webkitLineClamp !== "none",
      });
    }
    return known.get(e);
  };
  visit(document.body);

  // Two texts on one place: only the middle of a line counts, lines may touch.
  const middle = (r) => ({ left: r.left + 1, right: r.right - 1, top: r.top + r.height * 0.3, bottom: r.bottom - r.height * 0.3 });
  for (let i = 0; i < texts.length; i++) {
    const a = middle(texts[i].r);
    for (let j = i + 1; j < texts.length; j++) {
      const b = middle(texts[j].r);
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) say("covered", texts[i].parent, texts[i].text);
    }
  }

  // What a finger must meet: 44 px, links in running text apart.
  for (const e of roots.flatMap((root) => [...root.querySelectorAll("a[href], button, input, select, textarea, summary")])) {
    if (!visible(e)) continue;
    const target = (e.type === "checkbox" || e.type === "radio") && e.closest("label") ? e.closest("label") : e;
    const r = target.getBoundingClientRect();
    if (r.width === 0) continue;
    const running = e.tagName === "A" && getComputedStyle(e).display === "inline" && e.parentElement.textContent.trim() !== e.textContent.trim();
    if (!running && (r.width < 43.5 || r.height < 43.5)) say(`${Math.round(r.width)} × ${Math.round(r.height)} px to press`, e);
  }
  // What floats would stand in the middle of a picture of the whole page, and what
  // scrolls is a layer of its own, which may be painted later: both as if they did
  // not, until stir.
  const calmed = [];
  window.calm = () => {
    for (const e of document.querySelectorAll("*")) {
      const s = getComputedStyle(e);
      const floats = s.position === "sticky";
      const scrolls = e !== document.documentElement && e !== document.body && /auto|scroll/.test(s.overflowX + s.overflowY);
      if (!floats && !scrolls) continue;
      calmed.push([e, e.style.cssText]);
      if (floats) e.style.position = "static";
      if (scrolls) e.style.overflow = "clip";
    }
  };
  window.stir = () => {
    for (const [e, was] of calmed.splice(0)) e.style.cssText = was;
  };
  calm();
  return { height: document.documentElement.scrollHeight, faults: [...new Set(faults)] };
})()
