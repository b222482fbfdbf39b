/** Variables of the element's own sheet are not there in the script that pages load, so each has its value here. */
const css = `
.quiet > [part=challenge] {
  display: block;
  margin: 0;
}
.quiet [part=media] {
  display: flex;
  align-items: center;
  gap: .25rem;
  min-height: 2.75rem;
  aspect-ratio: auto;
  border: 0;
  background: none;
  text-align: start;
}
.quiet:is(.idle, .loading) [part=media] {
  visibility: hidden;
}
.quiet [part=buttons], progress {
  display: none;
}
.quiet [part=notice] {
  padding: 0;
}
progress {
  flex: 1;
  width: 100%;
  min-width: 4rem;
  accent-color: var(--naver-captcha-accent, #0a8a48);
}
.working progress {
  display: block;
}
.work [part=notice]::before {
  content: '';
  display: inline-block;
  width: .4em;
  height: .8em;
  margin-inline: .25em .6em;
  border: solid var(--naver-captcha-accent, #0a8a48);
  border-width: 0 .15em .15em 0;
  transform: rotate(45deg);
}
`;

let sheet: CSSStyleSheet | undefined;

/** Makes the sheet once for all elements, with code, because a strict content security policy blocks `<style>`. */
export function workStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
