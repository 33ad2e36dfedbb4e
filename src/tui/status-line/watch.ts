/** When the status line command runs: whenever what it is told of changes, and every so often where that is wished. */
import type { ScreenState } from "../screen-state.ts";
import type { ScreenStore } from "../store.ts";
import { type Line, plain } from "../view/line.ts";
import { StatusLine, type StatusLineOptions } from "./command.ts";

/** The command as the settings have it. */
export type StatusLineSettings = {
  command: string;
  /** Blanks before each line. */
  padding?: number | undefined;
  /** Seconds. */
  refreshInterval?: number | undefined;
};

/** Runs it while the UI does; ends with what it returns. */
export function watchStatusLine(
  store: ScreenStore,
  { command, padding = 0, refreshInterval }: StatusLineSettings,
  run: Omit<StatusLineOptions, "command" | "show">,
): () => void {
  const line = new StatusLine({
    ...run,
    command,
    show: (lines) =>
      store.change((state) => ({ ...state, statusLine: lines.map((one) => padded(one, padding)) })),
  });
  let told = toldOf(store.state);
  const unsubscribe = store.subscribe(() => {
    const now = toldOf(store.state);
    if (now.every((fact, index) => fact === told[index])) return;
    told = now;
    line.refresh();
  });
  const timer =
    refreshInterval === undefined
      ? undefined
      : setInterval(() => line.refresh(), refreshInterval * 1000).unref();
  line.refresh();
  return () => {
    unsubscribe();
    clearInterval(timer);
    line.close();
  };
}

/** What, when it changes, is news for the command. */
const toldOf = ({ conversation, model, effort, mode, branch, budgetLeft, workingSince }: ScreenState) =>
  [
    ...[conversation.cost, conversation.usage, conversation.context, conversation.lines],
    ...[model, effort, mode, branch, budgetLeft, workingSince],
  ] as const;

const padded = (line: Line, padding: number): Line =>
  padding > 0 ? [...plain(" ".repeat(padding)), ...line] : line;
