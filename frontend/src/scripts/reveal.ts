// A radio or a checkbox that opens further questions: <input data-reveals="id">.
// GOV.UK's own script puts aria-expanded on a radio, which ARIA does not allow.
import { each } from "./dom";

export function reveal(root: ParentNode): void {
  each<HTMLInputElement>(root, "input[data-reveals]", (input) => {
    const more = document.getElementById(input.dataset.reveals ?? "");
    if (!more) return;
    input.setAttribute("aria-controls", more.id);
    const hidden = `${more.classList.item(0)}--hidden`;
    const show = () => more.classList.toggle(hidden, !input.checked);
    // Another radio of the group says nothing to this one: listen to all.
    document.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === input.name) show();
    });
    show();
  });
}
