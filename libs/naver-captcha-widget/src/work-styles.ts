/** The script that pages load does not declare the variables of the element's own sheet, so each has its value here. */
const css = `
.work:not(.image, .audio, .failed) > :not(p) {
  display: none;
}
[part=work] {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: .3rem .75rem;
  padding: .3rem 0;
}
[part=media] > [part=work] {
  padding: .3rem .75rem;
}
[part=notice]:has(+ [part=work]) {
  display: none;
}
:is(.image, .audio, .failed) > [part=work] {
  display: none;
}
progress {
  flex: 1 6rem;
  accent-color: var(--naver-captcha-accent, #0a8a48);
}
p.work::before {
  content: '';
  width: .4em;
  height: .8em;
  margin: .2em;
  border: solid var(--naver-captcha-accent, #0a8a48);
  border-width: 0 .15em .15em 0;
  transform: rotate(45deg);
}
`;

let sheet: CSSStyleSheet | undefined;

/** All elements share the sheet, which code makes because a strict content security policy blocks `<style>`. */
export function workStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
