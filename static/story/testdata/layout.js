// What a page paints, as a list of pieces in the order of the document. A piece is a
// box that has something to paint or to press, or a run of text. A piece is [key, text,
// x, y, width, height, style]. Lengths are CSS pixels of the page. Style is a list of
// words as layout_test.go describes.
(() => {
  const pieces = [];
  const tested = []; // [piece, element]: what must lie on top at its middle

  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colours = new Map();
  // A computed colour as #rrggbb or #rrggbbaa; "" is transparent. Painting it
  // settles how the browser writes it: rgb(), color() or oklch().
  const colour = (text) => {
    if (!colours.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const bytes = [...pen.getImageData(0, 0, 1, 1).data];
      if (bytes[3] === 255) bytes.pop();
      colours.set(text, bytes[3] === 0 ? "" : "#" + bytes.map((b) => b.toString(16).padStart(2, "0")).join(""));
    }
    return colours.get(text);
  };
  const hash = (text) => {
    let h = 5381;
    for (const c of text) h = (h * 33 + c.codePointAt(0)) >>> 0;
    return h.toString(36);
  };
  const px = (length) => Math.round(parseFloat(length) * 10) / 10 || 0;
  const plain = (text) => text.trim().replace(/\s+/g, " ");

  const fontStyle = (s, faint) => {
    const words = ["c" + colour(s.color), px(s.fontSize) + (s.fontWeight >= 600 ? "b" : "")];
    if (s.fontStyle !== "normal") words.push("italic");
    if (s.textDecorationLine !== "none") words.push(s.textDecorationLine);
    if (faint < 1) words.push("opacity" + faint);
    return words;
  };
  const sides = ["Top", "Right", "Bottom", "Left"];
  const boxStyle = (s, faint) => {
    const words = [];
    const back = colour(s.backgroundColor);
    if (back) words.push("bg" + back);
    for (const name of ["backgroundImage", "maskImage"]) {
      if (s[name] && s[name] !== "none") words.push(name + ":" + hash(s[name].replaceAll(location.origin, "")));
    }
    const border = sides.map((side) => {
      const drawn = !/none|hidden/.test(s[`border${side}Style`]) && parseFloat(s[`border${side}Width`]) > 0;
      const paint = drawn && colour(s[`border${side}Color`]);
      return paint ? px(s[`border${side}Width`]) + paint : "";
    });
    if (border.every((b) => b === border[0])) {
      if (border[0]) words.push("border" + border[0]);
    } else {
      border.forEach((b, i) => b && words.push(sides[i].toLowerCase() + b));
    }
    if (s.outlineStyle === "auto") words.push("outline");
    else if (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) words.push("outline" + px(s.outlineWidth) + colour(s.outlineColor));
    if (s.boxShadow !== "none") words.push("shadow" + s.boxShadow.match(/-?[\d.]+px/g).map(px).join("/"));
    if (words.length && s.borderTopLeftRadius !== "0px") words.push("round" + px(s.borderTopLeftRadius));
    if (s.display === "list-item" && s.listStyleType !== "none") words.push("marker:" + s.listStyleType);
    if (words.length && faint < 1) words.push("opacity" + faint);
    return words;
  };

  const pressed = "a[href], button, input, select, textarea, summary, [tabindex]";
  const replaced = "img, svg, canvas, video, iframe, progress, meter";

  // Adds the pieces of a node list. Comments do not end a run of text.
  const nodes = (list, at, faint) => {
    let run = [];
    const flush = () => {
      if (run.some((n) => n.data.trim())) text(run, at, faint);
      run = [];
    };
    for (const n of list) {
      if (n.nodeType === Node.TEXT_NODE) run.push(n);
      else if (n.nodeType === Node.ELEMENT_NODE) {
        flush();
        element(n, at, faint);
      }
    }
    flush();
  };

  const text = (run, at, faint) => {
    const parent = run[0].parentElement ?? run[0].getRootNode().host;
    const s = getComputedStyle(parent);
    if (s.visibility !== "visible") return;
    const range = document.createRange();
    range.setStart(run[0], 0);
    range.setEnd(run.at(-1), run.at(-1).data.length);
    const rects = [...range.getClientRects()].filter((r) => r.width > 0 && r.height > 0);
    if (!rects.length) return;
    const left = Math.min(...rects.map((r) => r.left));
    const top = Math.min(...rects.map((r) => r.top));
    const right = Math.max(...rects.map((r) => r.right));
    const bottom = Math.max(...rects.map((r) => r.bottom));
    const piece = ["text", plain(run.map((n) => n.data).join("")), at.x + left, at.y + top, right - left, bottom - top, fontStyle(s, faint)];
    pieces.push(piece);
    const first = rects[0];
    tested.push([piece, at.frame ?? parent, at.x + (first.left + first.right) / 2, at.y + (first.top + first.bottom) / 2]);
  };

  const pseudo = (e, which, box, at, faint) => {
    const s = getComputedStyle(e, which);
    if (s.content === "none" || s.content === "normal" || s.display === "none" || s.visibility !== "visible") return;
    const words = boxStyle(s, faint);
    const content = s.content.replace(/^"|"$/g, "");
    if (content) words.push(...fontStyle(s, faint));
    if (words.length) pieces.push([e.localName + which, content, at.x + box.left + px(s.left), at.y + box.top + px(s.top), px(s.width), px(s.height), words]);
  };

  const element = (e, at, faint) => {
    if (/^(script|style|link|meta|title|template|noscript|head|option)$/.test(e.localName)) return;
    if (e.localName !== "slot" && !e.checkVisibility()) {
      if (getComputedStyle(e).display !== "contents") return;
    }
    const s = getComputedStyle(e);
    const now = Math.round(faint * s.opacity * 100) / 100;
    if (now === 0) return;
    const box = e.getBoundingClientRect();
    // What only readers are to hear is cut to a point, and paints nothing.
    if (/^rect\(0(px)?, 0(px)?, 0(px)?, 0(px)?\)$/.test(s.clip)) return;
    const shown = s.visibility === "visible" && s.display !== "contents";
    if (shown) {
      const words = boxStyle(s, now);
      const field = e.matches("input, select, textarea");
      let content = "";
      if (field) {
        content = e.matches("select") ? (e.selectedOptions[0]?.textContent ?? "") : /checkbox|radio|file/.test(e.type) ? "" : e.value || e.placeholder;
        words.push(...fontStyle(s, now));
        if (e.checked) words.push("checked");
      }
      if (e.disabled) words.push("disabled");
      if (e.matches("svg")) {
        for (const part of e.querySelectorAll("*")) {
          const p = getComputedStyle(part);
          for (const kind of ["fill", "stroke"]) {
            const word = p[kind] === "none" ? "" : kind + colour(p[kind]);
            if (word && !words.includes(word)) words.push(word);
          }
        }
        words.push("drawing:" + hash(e.innerHTML.replace(/<!--.*?-->/g, "")));
      }
      const press = e.matches(pressed);
      if ((words.length || press || e.matches(replaced)) && (box.width > 0 || box.height > 0)) {
        const piece = [e.localName, plain(content), at.x + box.left, at.y + box.top, box.width, box.height, words];
        pieces.push(piece);
        if (press) tested.push([piece, at.frame ?? e, at.x + box.left + box.width / 2, at.y + box.top + box.height / 2]);
      }
      if (field || e.matches("svg")) return;
    }
    if (e.localName === "iframe") {
      const inner = e.contentDocument?.documentElement;
      if (inner) element(inner, { x: at.x + box.left + e.clientLeft, y: at.y + box.top + e.clientTop, frame: at.frame ?? e }, now);
      return;
    }
    if (shown) pseudo(e, "::before", box, at, now);
    const slotted = e.localName === "slot" ? e.assignedNodes() : [];
    nodes(slotted.length ? slotted : (e.shadowRoot ?? e).childNodes, at, now);
    if (shown) pseudo(e, "::after", box, at, now);
  };
  const back = { left: scrollX, top: scrollY, behavior: "instant" };
  element(document.documentElement, { x: scrollX, y: scrollY }, 1);

  // What covers the middle of a text or of what can be pressed.
  const above = (e) => e.parentNode ?? e.host;
  const within = (e, outer) => {
    for (; e; e = above(e)) if (e === outer) return true;
    return false;
  };
  const topmost = (x, y) => {
    let e = document.elementFromPoint(x, y);
    while (e?.shadowRoot) {
      const inner = e.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === e) break;
      e = inner;
    }
    return e;
  };
  tested.sort((a, b) => a[3] - b[3]);
  for (let i = 0, y = 0; i < tested.length; ) {
    scrollTo({ left: 0, top: y, behavior: "instant" });
    const moved = scrollY;
    for (; i < tested.length && (tested[i][3] < moved + innerHeight || moved < y); i++) {
      const [piece, e, x, middle] = tested[i];
      const top = topmost(x, middle - moved);
      if (!top || within(top, e) || within(e, top)) continue;
      if (moved > 0 && getComputedStyle(top).position === "fixed") continue; // it floats over whatever is scrolled there
      piece[6].push("under:" + top.localName);
    }
    y = Math.max(y + innerHeight, i < tested.length ? Math.floor(tested[i][3]) - innerHeight / 2 : 0);
  }
  scrollTo(back);
  return pieces;
})()
