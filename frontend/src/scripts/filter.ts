// On a phone a filter starts folded, so that the list is what one sees first.
import { each } from "./dom";

export function filter(root: ParentNode): void {
  each<HTMLDetailsElement>(root, "[data-filter]", (panel) => {
    if (window.matchMedia("(max-width: 63.99em)").matches) panel.open = false;
  });
}
