/** /context: what fills the window, by source and piece by piece, and taking pieces out of it. */
import type { DroppedResults } from "../../agent/compaction/preview.ts";
import type { WindowContents, WindowPiece, WindowSource } from "../../agent/window-contents.ts";
import { formatUsd } from "../../core/usage.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { clean } from "../view/clean.ts";
import { type Line, plain, wrap } from "../view/line.ts";

/** The commands of this file. */
export const windowCommands = [
  {
    name: "context",
    aliases: [],
    argument: "",
    help: "what fills the model's window, by source; pieces of it can be taken out and put back",
    whileWorking: true,
    run(place) {
      const contents = place.session().windowContents();
      if (contents.pieces.length > 0) place.open(piecesDialog(place, contents));
      return contextText(contents, place.session());
    },
  },
] as const satisfies readonly LocalCommand[];

/** Rows of one kind at most. */
const shownRows = 6;
const barCells = 20;

/** What fills the window, in rows. */
export function contextText(
  { tokens, window, system, files, tools, conversation }: WindowContents,
  session: Pick<ReturnType<CommandPlace["session"]>, "previewCompaction">,
): string {
  const rows: readonly (readonly [string, number])[] = [
    ["system prompt", system],
    ...files.map(({ name, tokens: size }) => [name, size] as const),
    ...toolRows(tools),
    ...named(conversation),
    ["free", Math.max(0, window - tokens)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, count]) => String(count).length));
  const lines = rows.map(([name, count]) => {
    const share = window > 0 ? count / window : 0;
    const bar = "▰".repeat(Math.round(share * barCells));
    return `${name.padEnd(width)} ${String(count).padStart(digits)}  ${bar}${bar && " "}${(100 * share).toFixed(1)}%`;
  });
  return [
    `${tokens} of ${window} tokens, estimated where the model has not counted them`,
    ...lines,
    ...dropped(session),
  ].join("\n");
}

/** Tau's own tools in one row, those of each MCP server in one of its own. */
function toolRows(tools: readonly WindowSource[]): (readonly [string, number])[] {
  const servers = new Map<string, WindowSource>([["", { name: "", parts: 0, tokens: 0 }]]);
  for (const { name, tokens } of tools) {
    const [, server = ""] = /^mcp__(.+?)__/.exec(name) ?? [];
    const sum = servers.get(server) ?? { name: server, parts: 0, tokens: 0 };
    servers.set(server, { ...sum, parts: sum.parts + 1, tokens: sum.tokens + tokens });
  }
  return [...servers.values()].map(({ name, parts, tokens }) => [
    `${parts} ${parts === 1 ? "tool" : "tools"}${name === "" ? "" : ` of ${name} (MCP)`}`,
    tokens,
  ]);
}

function named(sources: readonly WindowSource[]): (readonly [string, number])[] {
  return sources.map(({ name, parts, tokens }) => [parts > 1 ? `${name} (${parts})` : name, tokens] as const);
}

function dropped({
  previewCompaction,
}: Pick<ReturnType<CommandPlace["session"]>, "previewCompaction">): string[] {
  const preview = previewCompaction();
  if (preview === null || preview.refused !== null) return [];
  const { tools, files, tokens } = preview.dropped;
  const freed = preview.tokensBefore - preview.tokensAfter;
  const largest = [...tools, ...files].toSorted((a, b) => b.tokens - a.tokens).slice(0, shownRows);
  return [
    `/compact would free some ${freed} tokens; of the ${tokens} it takes out the most are`,
    ...largest.map(resultLine),
  ];
}

const resultLine = ({ name, results, tokens }: DroppedResults): string =>
  `  ${name}: ${results} ${results === 1 ? "result" : "results"}, ${tokens} tokens`;

/** The pieces to take out, biggest first; those that are out can be put back. */
function piecesDialog(place: CommandPlace, { pieces }: WindowContents): Dialog {
  return listDialog<WindowPiece>({
    title: "What can be taken out",
    empty: "nothing fits",
    rows: pieces.map(
      (piece): ListRow<WindowPiece> => ({
        value: piece,
        text: piece.name,
        detail:
          piece.evictedBy === null ? `${piece.kind} · ${piece.tokens} tokens` : `${piece.kind} · taken out`,
      }),
    ),
    keys: [
      {
        ...ownKeys["pieces.toggle"],
        press(piece) {
          void toggle(place, piece);
          return null;
        },
      },
    ],
    preview: (piece, columns, rows) => {
      const said = wrap(clean(piece.text), columns).map((row): Line => plain(row, { dim: true }));
      const facts = wrap(consequence(piece), columns).map((row): Line => plain(row));
      return [...facts, ...said].slice(0, rows);
    },
    choose(piece) {
      place.page(piece.name, [
        { lines: (columns) => wrap(clean(piece.text), columns).map((row) => plain(row)) },
      ]);
      return piecesDialog(place, place.session().windowContents());
    },
  });
}

/** What taking a piece out or putting it back comes to. */
export function consequence({ evictedBy, freed, rewritten, cost, saved }: WindowPiece): string {
  if (evictedBy !== null)
    return "It is out of the window; ctrl+x puts it back. What stands behind it is then sent uncached once.";
  const once = `the ${rewritten} tokens from there on are sent uncached once${cost === null ? "" : ` (some ${formatUsd(cost)} more)`}`;
  const pays =
    cost !== null && saved !== null && saved > 0 && cost > 0
      ? `, which pays after ${Math.ceil(cost / saved)} requests`
      : "";
  return `Frees ${freed} tokens; ${once}${pays}.`;
}

async function toggle(place: CommandPlace, piece: WindowPiece): Promise<void> {
  const { conversation, warn, session, open } = place;
  const refused =
    piece.evictedBy === null
      ? await conversation.evict([piece.piece])
      : await conversation.putBack(piece.evictedBy);
  if (refused !== null) return warn(refused);
  const contents = session().windowContents();
  // Who takes one thing out often takes another; but what was typed or opened meanwhile stays.
  const { dialog, editor } = place.store.state;
  if (dialog === null && editor.text === "" && contents.pieces.length > 0)
    open(piecesDialog(place, contents));
}
