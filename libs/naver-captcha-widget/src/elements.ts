/** A server has no `HTMLElement`. With another class in its place, importing works there and only creating fails. */
export function elementBase(): typeof HTMLElement;
export function elementBase(): unknown {
  return typeof HTMLElement === 'undefined' ? Object : HTMLElement;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element with code instead of markup, which Trusted Types would block. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button with an icon and a text. The text is always the button's name; a narrow element shows the icon only. */
export function iconButton(part: string): HTMLButtonElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.ariaHidden = 'true';
  icon.append(document.createElementNS(SVG, 'path'));
  return h('button', { type: 'button', part: `button ${part}` }, icon, ' ', h('span'));
}

/** `path`: what to draw in the icon of 24 by 24. */
export function label(button: HTMLButtonElement, text: string, path: string): void {
  button.title = text;
  button.lastElementChild?.replaceChildren(text);
  button.querySelector('path')?.setAttribute('d', path);
}
