// How many people a message will reach, asked again whenever the form changes.
// <form data-count-url="…"> is posted there; the answer, a piece of HTML, goes
// into [data-count-output] (a status region).
import { each, find, settled } from "./dom";
import { word } from "./words";

export function count(root: ParentNode): void {
  each<HTMLFormElement>(root, "form[data-count-url]", (form) => {
    const output =
      find<HTMLElement>(form, "[data-count-output]") ??
      find<HTMLElement>(document, "[data-count-output]");
    if (!output) return;
    let asking: AbortController | undefined;
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      output.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(form.dataset.countUrl ?? "", {
          method: "POST",
          body: new FormData(form),
          headers: { "X-Requested-With": "fetch" },
          signal: asking.signal,
        });
        if (!answer.ok) throw new Error(String(answer.status));
        output.innerHTML = await answer.text();
        document.dispatchEvent(new Event("bl:request"));
      } catch (error) {
        if ((error as Error).name === "AbortError") return;
        output.textContent = word("countFailed");
      }
      output.removeAttribute("aria-busy");
    };
    const soon = settled(350, () => void ask());
    // What is written into the message changes nobody's count.
    const matters = (event: Event) =>
      !(event.target instanceof HTMLElement && event.target.closest("[data-count-ignore]"));
    for (const kind of ["input", "change"])
      form.addEventListener(kind, (event) => matters(event) && soon());
    if (form.hasAttribute("data-count-now")) void ask();
  });
}
