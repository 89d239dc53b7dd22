// A form that saves itself: <form data-autosave-url="…">, posted there two
// seconds after the last change.  The answer may be JSON: {"fields": {name: value}}
// sets hidden fields (a version), {"url": "…"} is the draft's own address from now on.
// 409 means that someone else changed it: we stop, and say so.
import { each, find, settled } from "./dom";
import { word } from "./words";

interface Saved {
  fields?: Record<string, string>;
  url?: string;
  autosave_url?: string;
}

const AGAIN = 10_000;

export function autosave(root: ParentNode): void {
  each<HTMLFormElement>(root, "form[data-autosave-url]", (form) => {
    const status =
      find<HTMLElement>(form, "[data-autosave-status]") ??
      find<HTMLElement>(document, "[data-autosave-status]");
    let dirty = false;
    let stopped = false;
    let running = false;
    const say = (text: string, trouble = false) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("bl-saved--trouble", trouble);
    };
    const save = async () => {
      if (!dirty || stopped || running) return;
      running = true;
      dirty = false;
      const answer = await fetch(form.dataset.autosaveUrl ?? "", {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
      }).catch(() => null);
      running = false;
      if (answer?.ok) {
        take(form, await read(answer));
        say(word("savedAt", { time: clock() }));
        document.dispatchEvent(new Event("bl:request"));
        if (dirty) soon();
      } else if (answer?.status === 409) {
        stopped = true;
        say(word("saveRefused"), true);
      } else {
        dirty = true;
        say(word("saveFailed"), true);
        window.setTimeout(() => void save(), AGAIN);
      }
    };
    const soon = settled(2000, () => void save());
    const changed = () => {
      dirty = true;
      soon();
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => (stopped = true));
    window.addEventListener("beforeunload", (event) => {
      if (dirty && !stopped) event.preventDefault();
    });
  });
}

async function read(answer: Response): Promise<Saved> {
  const json = answer.headers.get("Content-Type")?.includes("json");
  return json ? ((await answer.json()) as Saved) : {};
}

function take(form: HTMLFormElement, saved: Saved): void {
  for (const [name, value] of Object.entries(saved.fields ?? {})) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  if (saved.autosave_url) form.dataset.autosaveUrl = saved.autosave_url;
  if (saved.url) {
    history.replaceState(null, "", saved.url);
    form.action = saved.url;
  }
}

function clock(): string {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
