// The rooms of the console behind a Menu button, on a phone.
import { each } from "./dom";

export function menu(): void {
  each(document, "[data-menu]", (button) => {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
    });
  });
}
