// Small handles on the page.

/** Run `make` once for each element that matches, also after a part was swapped in. */
export function each<E extends HTMLElement>(
  root: ParentNode,
  selector: string,
  make: (element: E) => void,
): void {
  const found = [...root.querySelectorAll<E>(selector)];
  if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root as unknown as E);
  for (const element of found) {
    const mark = `blMade${selector.replace(/\W+/g, "")}`;
    if (element.dataset[mark]) continue;
    element.dataset[mark] = "1";
    make(element);
  }
}

export function find<E extends Element>(root: ParentNode, selector: string): E | null {
  return root.querySelector<E>(selector);
}

/** Build an element with attributes and children. */
export function build<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Tell a screen reader, politely. */
export function announce(text: string): void {
  const region = document.getElementById("bl-said");
  if (region) region.textContent = text;
}

/** Call `act` when nothing has happened for `wait` milliseconds. */
export function settled(wait: number, act: () => void): () => void {
  let timer: number | undefined;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(act, wait);
  };
}

export const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
