// Elements without ceremony.

type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with attributes; `true` sets an empty one, `false` and undefined none. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {},
  ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

/** As {@link element}, of SVG. */
export function shape<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {},
  ...children: (Node | string)[]): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<T extends Element>(target: T, attributes: Attributes, children: (Node | string)[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) target.setAttribute(name, value === true ? '' : String(value));
  }
  target.append(...children);
  return target;
}

/** The element of index.html with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

/** Saves bytes under a name. */
export function save(name: string, bytes: Blob): void {
  const link = element('a', { href: URL.createObjectURL(bytes), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
