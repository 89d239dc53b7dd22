// GOV.UK Frontend ships no types: the few things we call.
declare module "govuk-frontend" {
  type Component = new (root: Element, config?: object) => unknown;
  export const Button: Component;
  export const CharacterCount: Component;
  export const ErrorSummary: Component;
  export const NotificationBanner: Component;
  export const PasswordInput: Component;
  export const SkipLink: Component;
  export const Tabs: Component;
  export function createAll(component: Component, config?: object, scope?: Element): unknown[];
}

declare module "htmx.org" {
  const htmx: { process(element: Element): void };
  export default htmx;
}
