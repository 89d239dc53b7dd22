// Passing a page on: the phone's own sheet where it has one, and the clipboard.
import { each, find } from "./dom";
import { word } from "./words";

export function share(root: ParentNode): void {
  each(root, "[data-share]", (item) => {
    if (!navigator.share) return;
    item.hidden = false;
    item.addEventListener("click", () => {
      const { shareUrl: url, shareTitle: title } = item.dataset;
      navigator.share({ title, url }).catch(() => undefined); // closed without choosing
    });
  });
  each(root, "[data-copy]", (item) => {
    if (!navigator.clipboard) return;
    item.hidden = false;
    const said = find<HTMLElement>(item, "[role=status]");
    find(item, "button")?.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(item.dataset.copy ?? "").then(
        () => true,
        () => false,
      );
      if (said) said.textContent = word(done ? "copied" : "copyFailed");
    });
  });
}
