/** What runs, for whom nothing is to move: each line changes only when something begins or ends. */
import type { ConversationState } from "../state.ts";
import { clean, oneRow } from "./clean.ts";
import { clockTime } from "./clock.ts";
import { cutLine, type Line, plain } from "./line.ts";

/** Running tools named at most. */
const shownTools = 6;

/** At most `room` lines, without times that run, counts that grow, or the end of what is still being written. */
export function stillLines(
  { tools, waiting, questions }: ConversationState,
  workingSince: number | null,
  columns: number,
  room: number,
): Line[] {
  const more = tools.length - shownTools;
  const lines: Line[] = [
    ...tools
      .slice(0, shownTools)
      .map(({ summary }): Line => [{ text: "● ", tone: "warning" }, { text: oneRow(clean(summary)) }]),
    ...(more > 0 ? [plain(`… ${more} more running`, { dim: true })] : []),
    ...(waiting === null
      ? []
      : [
          plain(`! ${oneRow(clean(waiting.text.replace(/ in$/, "")))} at ${clockTime(waiting.until)}`, {
            tone: "warning",
          }),
        ]),
  ];
  const idle = workingSince === null || lines.length > 0 || questions.length > 0;
  const all = idle ? lines : [plain("● working", { dim: true })];
  return room <= 0 ? [] : all.slice(-room).map((line) => cutLine(line, columns));
}
