/** /theme: the colours from here on. */
import { nearestNames } from "../../core/likeness.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { listDialog } from "../dialog/list.ts";
import { automatic } from "../theme/choice.ts";
import type { Line } from "../view/line.ts";
import { chosen, completeChoice, keepKey, keepWish } from "./keep.ts";

/** The commands of this file. */
export const themeCommands = [
  {
    name: "theme",
    aliases: [],
    argument: "[name] [--keep]",
    help: "colours from here on; without a name a list that shows each",
    page: "terminal.md#colours",
    whileWorking: true,
    complete: ({ themes }, before) => completeChoice(themes.names, before),
    run: (place, argument) => {
      const { wanted, keep } = keepWish(argument);
      return wanted === "" ? pick(place) : choose(place, wanted, keep);
    },
  },
] as const satisfies readonly LocalCommand[];

function choose(place: CommandPlace, wanted: string, keep: boolean): string | Promise<string> {
  const { themes } = place;
  const name = themes.names.find((one) => one === wanted.toLowerCase());
  if (name === undefined) {
    const [near] = nearestNames(wanted, themes.names);
    return `there is no theme ${wanted}${near ? `, did you mean ${near}?` : `: ${themes.names.join(", ")}`}`;
  }
  return use(place, name, keep);
}

function use(place: CommandPlace, name: string, keep: boolean): string | Promise<string> {
  place.themes.choose(name);
  return chosen(place, { done: `theme ${name}`, key: "theme", value: name, keep });
}

function pick(place: CommandPlace): null {
  const { themes, open, tell } = place;
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
      keys: [keepKey(place, "themes.keep", (name: string) => use(place, name, true))],
      choose(name) {
        void Promise.resolve(use(place, name, false)).then(tell);
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
