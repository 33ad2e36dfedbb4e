/** Tau's own texts for ears: what a sign says on a screen is said in words, and what only adorns is left out. */

/** Signs of Tau's own texts, and what is said for them. */
const said: readonly (readonly [RegExp, string])[] = [
  [/[▰▱]+ ?/g, ""],
  [/[├└]─/g, "branch "],
  [/│ ?/g, ""],
  [/┃ ?/g, ""],
  [/─+/g, ""],
  [/● ?/g, "on this path: "],
  [/○ ?/g, "elsewhere: "],
  [/☐ ?/g, "to do: "],
  [/▶ ?/g, "doing: "],
  [/☑ ?/g, "done: "],
  [/✓ ?/g, "ok: "],
  [/✗ ?/g, "failed: "],
  [/[›▸∴↳] ?/g, ""],
  [/ · /g, ", "],
  [/[“”]/g, '"'],
  [/…/g, "..."],
  [/⋯ ?/g, "... "],
  [/\besc\b/g, "ctrl+c"],
];

/** The text in words. Texts of models and tools are not Tau's own, and stay as they are. */
export const inWords = (text: string): string =>
  said.reduce((words, [sign, word]) => words.replace(sign, word), text);
