// A long list of boxes: find in it, choose all, see how many are chosen.
import { build, each, settled } from "./dom";
import { word } from "./words";

export function choices(root: ParentNode): void {
  each(root, ".bl-choices--framed", (frame) => {
    const boxes = [...frame.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    const list = frame.querySelector(".govuk-checkboxes");
    if (boxes.length < 8 || !list) return;
    const finder = build("input", {
      type: "search",
      class: "govuk-input govuk-input--width-10",
      "aria-label": word("find"),
      placeholder: word("find"),
      autocomplete: "off",
    });
    const count = build("span", { class: "bl-muted bl-small", role: "status" });
    list.before(
      build("div", { class: "bl-choices__tools" }, finder, all(boxes, true), all(boxes, false), count),
    );
    const show = settled(50, () => {
      count.textContent = word("selected", { count: boxes.filter((box) => box.checked).length });
    });
    frame.addEventListener("change", show);
    // Enter in the finder must not send the form.
    finder.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    finder.addEventListener("input", () => narrow(boxes, finder.value));
    show();
  });
}

function item(box: HTMLInputElement): HTMLElement | null {
  return box.closest<HTMLElement>(".govuk-checkboxes__item");
}

function narrow(boxes: HTMLInputElement[], text: string): void {
  const wanted = text.trim().toLowerCase();
  for (const box of boxes) {
    const element = item(box);
    if (element) element.hidden = !(element.textContent ?? "").toLowerCase().includes(wanted);
  }
}

function all(boxes: HTMLInputElement[], on: boolean): HTMLButtonElement {
  const button = build(
    "button",
    { type: "button", class: "bl-quiet bl-quiet--small" },
    word(on ? "selectAll" : "selectNone"),
  );
  button.addEventListener("click", () => {
    const shown = boxes.filter((box) => !item(box)?.hidden && box.checked !== on);
    for (const box of shown) box.checked = on;
    shown[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return button;
}
