// The style of the element. A constructed stylesheet is allowed under a strict policy
// of the page. Browsers without them may refuse a <style> there, and the element is
// then plain and still correct. The page's style has no effect inside the box, and
// cannot hide the element.

const dark = "{--c:#eee;--b:#222;--a:#9cf}";

const css = `:host{display:block!important;visibility:visible!important;opacity:1!important}
[part=box]{--c:#222;--b:#fff;--a:#059}
:host([theme=dark]) [part=box]${dark}
@media(prefers-color-scheme:dark){:host([theme=auto]) [part=box]${dark}}
[part=box]{all:initial;display:block;direction:ltr;font:16px/1.5 var(--junban-font,system-ui,sans-serif);color:var(--junban-color,var(--c));
background:var(--junban-background,var(--b));border:1px solid #89a;border-radius:8px;padding:16px;
max-width:360px;box-sizing:border-box;overflow-wrap:anywhere}
h2,p{margin:0 0 4px;font-size:1em}
[part=number]{font-size:2.75em;line-height:1.2;color:var(--junban-accent,var(--a))}
[part=message],[part=hours]{white-space:pre-line}
[part=address],[part=hours]{display:block;font-weight:400}
[part=warning]{background:#ffc;color:#430;padding:4px 8px}`;

let sheet: CSSStyleSheet | undefined;

export function dress(root: ShadowRoot): void {
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.textContent = css;
    root.append(style);
  }
}
