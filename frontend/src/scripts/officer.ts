import { PasswordInput, Tabs, createAll } from "govuk-frontend";
import "htmx.org";
import { autosave } from "./autosave";
import { count } from "./count";
import { filter } from "./filter";
import { keys } from "./keys";
import { live } from "./live";
import { menu } from "./menu";
import { segments } from "./segments";
import { session } from "./session";
import { start } from "./start";

function console_(root: HTMLElement): void {
  start(root);
  const quiet = { scope: root, onError: () => undefined } as unknown as Element;
  createAll(PasswordInput, undefined, quiet);
  createAll(Tabs, undefined, quiet);
  filter(root);
  segments(root);
  count(root);
  autosave(root);
  live(root);
}

console_(document.body);
menu();
keys();
session();
document.body.addEventListener("htmx:load", (event) => {
  const swapped = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
  if (swapped !== document.body) console_(swapped);
});
