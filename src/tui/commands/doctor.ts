/** /doctor: what `tau doctor` finds, in the pager. */
import type { LocalCommand } from "../commands.ts";
import type { Block } from "../pager/pager.ts";
import { clean } from "../view/clean.ts";
import { type Line, plain, wrap } from "../view/line.ts";

/** A finding; see `tau doctor`. */
export type Finding = {
  name: string;
  state: "ok" | "warning" | "problem";
  detail: string;
  /** What to do about it. */
  next?: string;
};

/** The commands of this file. */
export const doctorCommands = [
  {
    name: "doctor",
    aliases: [],
    argument: "",
    help: "checks settings, keys, folders, ledger and programs, with what to do about each finding",
    whileWorking: true,
    async run({ doctor, page }) {
      const found = await doctor();
      const wrong = found.filter(({ state }) => state !== "ok");
      page("doctor", found.map(findingBlock));
      return wrong.length === 0
        ? "nothing is wrong"
        : `${wrong.length === 1 ? "one thing is" : `${wrong.length} things are`} to be looked at: ${wrong.map(({ name }) => name).join(", ")}; tau doctor --fix mends what can be`;
    },
  },
] as const satisfies readonly LocalCommand[];

const marks = {
  ok: { text: "✓ ", tone: "good" },
  warning: { text: "! ", tone: "warning" },
  problem: { text: "✗ ", tone: "bad" },
} as const;

function findingBlock({ name, state, detail, next }: Finding): Block {
  return {
    lines(columns) {
      const room = Math.max(1, columns - 2);
      const [first = "", ...rest] = wrap(`${name}: ${clean(detail)}`, room);
      const more = next === undefined ? [] : wrap(`→ ${clean(next)}`, room);
      return [
        [marks[state], { text: first }],
        ...rest.map((row): Line => plain(`  ${row}`)),
        ...more.map((row): Line => plain(`  ${row}`, { tone: "accent" })),
      ];
    },
  };
}
