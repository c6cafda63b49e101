// The looks of the element. A constructed stylesheet passes a strict policy of
// the page around us; where browsers have none, a <style> may be refused there,
// and the element is then plain and still right.

const css = `:host{display:block}
[part=box]{all:initial;display:block;font:16px/1.5 var(--junban-font,system-ui,sans-serif);color:var(--junban-color,#222);
background:var(--junban-background,#fff);border:1px solid #89a;border-radius:8px;padding:16px;
max-width:360px;box-sizing:border-box;overflow-wrap:anywhere}
h2,p{margin:0 0 4px;font-size:1em}
[part=number]{font-size:2.75em;line-height:1.2;color:var(--junban-accent,#059)}
[part=message]{white-space:pre-line}
[part=warning]{background:#ffc;color:#430;padding:4px 8px}`;

let sheet: CSSStyleSheet | undefined;

export function dress(root: ShadowRoot): void {
  if ("adoptedStyleSheets" in root) {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const style = document.createElement("style");
  style.textContent = css;
  (root as ShadowRoot).appendChild(style);
}
