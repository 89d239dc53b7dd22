// What every page's script does, console or public.
import {
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  SkipLink,
  createAll,
} from "govuk-frontend";
import { choices } from "./choices";
import { each } from "./dom";
import { exit } from "./exit";
import { preview } from "./preview";
import { reveal } from "./reveal";
import { share } from "./share";

export function start(root: Element = document.body): void {
  document.body.classList.add("js-enabled", "govuk-frontend-supported", "bl-has-script");
  const quiet = { scope: root, onError: () => undefined };
  for (const component of [Button, CharacterCount, ErrorSummary, NotificationBanner, SkipLink])
    createAll(component, undefined, quiet as unknown as Element);
  reveal(root);
  choices(root);
  share(root);
  exit(root);
  preview(root);
  each(root, "[data-map]", (frame) => {
    void import("./map/open").then(({ open }) => open(frame));
  });
}
