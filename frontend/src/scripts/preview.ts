// The preview of a message, as wide as a phone or as a desk.
import { each, find } from "./dom";

export function preview(root: ParentNode): void {
  each(root, "[data-preview]", (frame) => {
    const buttons = [...frame.querySelectorAll<HTMLButtonElement>("[data-preview-size]")];
    const bar = find<HTMLElement>(frame, ".bl-switch");
    if (bar) bar.hidden = false;
    for (const button of buttons)
      button.addEventListener("click", () => {
        frame.classList.toggle("bl-preview--phone", button.dataset.previewSize === "phone");
        for (const other of buttons)
          other.setAttribute("aria-pressed", String(other === button));
      });
  });
}
