// Leaving quickly: the page goes dark at once, and the way back does not lead to it.
import { each } from "./dom";

export function exit(root: ParentNode): void {
  each(root, "[data-exit]", (link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.body.hidden = true;
      document.title = "";
      location.replace((link as HTMLAnchorElement).href);
    });
  });
}
