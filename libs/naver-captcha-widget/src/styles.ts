/**
 * System colours follow the `color-scheme` of the page, so a page that is always light gets a light widget on a dark
 * system too. Mixed colours keep a contrast of 4.5:1 (texts) and 3:1 (borders, focus) in both schemes.
 */
const css = `
:host {
  --accent: var(--naver-captcha-accent, #0a8a48);
  --surface: var(--naver-captcha-surface, Field);
  --text: var(--naver-captcha-text, FieldText);
  --muted: var(--naver-captcha-muted, color-mix(in srgb, CanvasText 70%, Canvas));
  --border: var(--naver-captcha-border, color-mix(in srgb, CanvasText 50%, Canvas));
  --error: var(--naver-captcha-error, color-mix(in srgb, #d00 60%, CanvasText));
  --radius: var(--naver-captcha-radius, .5rem);
  display: block;
  max-width: var(--naver-captcha-width, 27rem);
  container-type: inline-size;
  contain-intrinsic-inline-size: 27rem;
  line-height: 1.5;
  word-break: keep-all;
}
:host([hidden]), [hidden] {
  display: none !important;
}
:host([kinds~=work]) > :not(.image, .audio, .failed) > :not(p) {
  display: none;
}
* {
  box-sizing: border-box;
}
label {
  display: block;
  width: fit-content;
  margin-bottom: .3rem;
  font-weight: 600;
}
[part=challenge] {
  display: flex;
  gap: .5rem;
  margin-bottom: .5rem;
}
[part=media] {
  position: relative;
  flex: 1;
  align-self: start;
  min-height: 6rem;
  aspect-ratio: 3;
  display: grid;
  place-content: center;
  overflow: hidden;
  border: 1px solid var(--border);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--muted);
  text-align: center;
}
canvas {
  position: absolute;
  width: 100%;
  height: 100%;
  object-fit: contain;
}
p {
  margin: 0;
  padding: 0 .5rem;
  font-size: .875rem;
}
[part=progress] {
  position: absolute;
  bottom: 0;
  left: 0;
  border-bottom: 4px solid var(--accent);
}
button, input {
  min-width: 2.75rem;
  min-height: 2.75rem;
  padding: .25rem .8rem;
  border: 1px solid var(--border);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--text);
  font: inherit;
  font-size: max(1rem, 16px);
}
button {
  cursor: pointer;
}
button:hover {
  border-color: currentColor;
}
[part=buttons] {
  display: grid;
  gap: .5rem;
}
[part=buttons] button {
  padding: .25rem .5rem;
  font-size: .8125rem;
  line-height: 1.2;
}
[part=buttons] svg {
  display: block;
  margin: auto;
}
@container (max-width: 22rem) {
  [part=buttons] button {
    font-size: 0;
  }
}
:disabled, [aria-disabled=true] {
  opacity: .5;
  cursor: default;
}
svg {
  width: 1.375rem;
  height: 1.375rem;
  vertical-align: middle;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.75;
}
input {
  display: block;
  width: 100%;
}
input::placeholder {
  color: var(--muted);
  opacity: 1;
}
[aria-invalid=true] {
  border-color: var(--error);
}
:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
[role=alert] {
  padding: .3rem 0 0;
  color: var(--error);
}
[role=alert]:empty {
  padding: 0;
}
[role=status] {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;

let sheet: CSSStyleSheet | undefined;

/** All elements share a constructed sheet, which a strict content security policy allows, unlike `<style>`. */
export function adoptStyles(shadow: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  shadow.adoptedStyleSheets = [sheet];
}
