/** The tools whose line formats Tau can print. */
export const compatDialects = ["codex", "claude", "gemini", "opencode"] as const;
/** One of them. */
export type CompatDialect = (typeof compatDialects)[number];

/** The formats that also have one object for a whole run. */
export const objectDialects: readonly CompatDialect[] = ["claude", "gemini"];
