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
export class IconButton {
  readonly element: HTMLButtonElement;
  readonly #line = document.createElementNS(SVG, 'path');
  readonly #text = h('span');

  constructor(part: string) {
    const icon = document.createElementNS(SVG, 'svg');
    icon.setAttribute('viewBox', '0 0 24 24');
    icon.ariaHidden = 'true';
    icon.append(this.#line);
    this.element = h('button', { type: 'button', part: `button ${part}` }, icon, ' ', this.#text);
  }

  /** `path`: what to draw in the icon of 24 by 24. */
  label(text: string, path: string): void {
    this.#text.textContent = text;
    this.element.title = text;
    this.#line.setAttribute('d', path);
  }
}
