/** The facts a footer can tell. */

/** All of them, in the order in which they stand unless the settings say otherwise. */
export const footerItems = [
  "model",
  "effort",
  "mode",
  "branch",
  "context",
  "tokens",
  "cost",
  "budget",
  "folder",
] as const;

/** One of them. */
export type FooterItem = (typeof footerItems)[number];
