/** /context: what fills the window, by source. */
import type { DroppedResults } from "../../agent/compaction/preview.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";

/** The commands of this file. */
export const windowCommands: readonly LocalCommand[] = [
  {
    name: "context",
    aliases: [],
    argument: "",
    help: "what fills the model's window, by source, and what /compact would take out of it",
    whileWorking: true,
    run: contextText,
  },
];

/** Rows of what a compaction would drop. */
const shownResults = 6;
const barCells = 20;

function contextText({ store, session }: CommandPlace): string {
  const { tokens, window, breakdown } = store.state.conversation.context;
  if (breakdown === null) return "nothing was sent to the model yet";
  const rows: readonly (readonly [string, number])[] = [
    ["system prompt", breakdown.system],
    ["context files", breakdown.files],
    ["tools", breakdown.tools],
    ["conversation", breakdown.history],
    ["free", Math.max(0, window - tokens)],
  ];
  const digits = Math.max(...rows.map(([, count]) => String(count).length));
  const lines = rows.map(([name, count]) => {
    const share = window > 0 ? count / window : 0;
    const bar = "▰".repeat(Math.round(share * barCells));
    return `${name.padEnd(14)} ${String(count).padStart(digits)}  ${bar}${bar && " "}${(100 * share).toFixed(1)}%`;
  });
  return [
    `${tokens} of ${window} tokens, estimated where the model has not counted them`,
    ...lines,
    ...dropped(session()),
  ].join("\n");
}

function dropped(session: ReturnType<CommandPlace["session"]>): string[] {
  const preview = session.previewCompaction();
  if (preview === null || preview.refused !== null) return [];
  const { tools, files, tokens } = preview.dropped;
  const freed = preview.tokensBefore - preview.tokensAfter;
  const largest = [...tools, ...files].toSorted((a, b) => b.tokens - a.tokens).slice(0, shownResults);
  return [
    `/compact would free some ${freed} tokens; of the ${tokens} it takes out the most are`,
    ...largest.map(resultLine),
  ];
}

const resultLine = ({ name, results, tokens }: DroppedResults): string =>
  `  ${name}: ${results} ${results === 1 ? "result" : "results"}, ${tokens} tokens`;
