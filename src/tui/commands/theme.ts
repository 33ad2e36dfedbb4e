/** /theme: the colours from here on. */
import { nearestNames } from "../../core/likeness.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { listDialog } from "../dialog/list.ts";
import { automatic } from "../theme/choice.ts";
import type { Line } from "../view/line.ts";

/** The commands of this file. */
export const themeCommands: readonly LocalCommand[] = [
  {
    name: "theme",
    aliases: [],
    argument: "[name]",
    help: "colours from here on; without a name a list that shows each",
    whileWorking: true,
    run: (place, name) => (name === "" ? pick(place) : choose(place, name)),
  },
];

function choose({ themes }: CommandPlace, wanted: string): string {
  const name = themes.names.find((one) => one === wanted.toLowerCase());
  if (name === undefined) {
    const [near] = nearestNames(wanted, themes.names, 0.4);
    return `there is no theme ${wanted}${near ? `, did you mean ${near}?` : `: ${themes.names.join(", ")}`}`;
  }
  themes.choose(name);
  return told(name);
}

function pick({ themes, open, tell }: CommandPlace): null {
  const before = themes.chosen();
  open(
    listDialog({
      title: "Theme",
      empty: "none fits",
      rows: themes.names.map((name) => ({
        value: name,
        text: name,
        ...(name === automatic && { detail: "by the terminal's background" }),
        ...(name === before && { current: true as const }),
      })),
      marked: themes.choose,
      closed: () => themes.choose(before),
      preview: () => sample,
      choose(name) {
        themes.choose(name);
        tell(told(name));
        return null;
      },
    }),
  );
  return null;
}

/** Something of everything, to look at while choosing. */
const sample: readonly Line[] = [
  [
    { text: "Heading ", tone: "heading", bold: true },
    { text: "text, " },
    { text: "code", tone: "code" },
    { text: ", " },
    { text: "link", tone: "link" },
    { text: ", " },
    { text: "quote", tone: "quote" },
  ],
  [
    { text: "const ", tone: "keyword" },
    { text: "answer", tone: "function" },
    { text: ": " },
    { text: "number", tone: "type" },
    { text: " = " },
    { text: "42", tone: "number" },
    { text: " // why", tone: "comment" },
  ],
  [
    { text: "- was ", tone: "removed" },
    { text: "old", tone: "removed-words" },
    { text: "   + is ", tone: "added" },
    { text: "new", tone: "added-words" },
  ],
  [
    { text: "✓ good ", tone: "good" },
    { text: "✗ bad ", tone: "bad" },
    { text: "! warning", tone: "warning" },
  ],
];

const told = (name: string): string => `theme ${name}; "theme": "${name}" in config.json keeps it`;
