/** A session to read back in: all that was said, thought and done, nothing folded and nothing cut. */
import type { Entry } from "../../core/event.ts";
import { evidenceWords } from "../../core/evidence.ts";
import type { Json, Part } from "../../core/message.ts";
import { formatUsd } from "../../core/usage.ts";
import { PieceDrawer } from "../markdown/draw.ts";
import { end, noText, push } from "../markdown/scanner.ts";
import { clean, oneRow } from "../view/clean.ts";
import { clockTime } from "../view/clock.ts";
import { detailLines } from "../view/item-lines.ts";
import { block, type Line, plain, type Style, wrap } from "../view/line.ts";
import type { Block } from "./pager.ts";

/** Pages of entries as pages of blocks. */
export async function* transcriptPages(
  pages: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<readonly Block[]> {
  for await (const page of pages)
    yield page.map((entry) => ({ lines: (columns) => transcriptLines(entry, columns) }));
}

const blank: Line = [];
const dim: Style = { dim: true };
const warning: Style = { tone: "warning" };

/** An entry as lines; none for those that are bookkeeping. */
export function transcriptLines(entry: Entry, columns: number): Line[] {
  switch (entry.type) {
    case "user.message": {
      if (entry.origin === "reminder") return [];
      const note = entry.origin === "prompt" ? "" : ` (${entry.origin.replace("_", " ")})`;
      const time = plain(`${clockTime(entry.at)}${note}`, dim);
      return [
        blank,
        time,
        ...block({ text: "› ", tone: "accent" }, said(entry.parts), columns, { bold: true }),
      ];
    }
    case "assistant.message":
      return [
        ...entry.parts.flatMap((part) => partLines(part, columns)),
        ...(entry.end.error ? marked("! ", `cut off: ${entry.end.error.message}`, columns, warning) : []),
      ];
    case "tool.finished":
      return [
        plain(
          `${entry.status === "ok" ? "✓" : "✗"} ${entry.name}: ${entry.status}, ${seconds(entry.durationMs)}`,
          dim,
        ),
        ...(entry.display.length > 0
          ? entry.display.flatMap((display) => detailLines(display, columns - 2))
          : wrap(said(entry.output), columns - 2).map((row) => plain(row, dim))
        ).map((line): Line => [{ text: "  " }, ...line]),
      ];
    case "approval.decided":
      return marked("? ", answerWords(entry), columns, dim);
    case "plan.decided": {
      const how = entry.mode === undefined ? entry.answer : `${entry.answer}, mode ${entry.mode}`;
      return marked("· ", `plan ${how}`, columns, dim);
    }
    case "attempt.failed":
      return marked("! ", `${entry.error.message}; another attempt follows`, columns, warning);
    case "compaction.finished":
      return entry.summary === null
        ? []
        : [blank, ...marked("· ", `summary of the conversation so far:\n${entry.summary}`, columns, dim)];
    case "budget.refused":
      return marked("! ", entry.reason, columns, warning);
    case "shell.finished":
      return marked(
        entry.shared ? "! " : "!! ",
        `${entry.command}: exit ${entry.exitCode ?? "none"}\n${entry.output}`,
        columns,
        dim,
      );
    case "verify.finished":
      return marked(
        "✓ ",
        `verify ${entry.command}: exit ${entry.exitCode ?? "none"}\n${entry.output}`,
        columns,
        dim,
      );
    case "note":
      return marked(entry.level === "warning" ? "! " : "· ", entry.text, columns, dim);
    case "turn.ended": {
      const words = evidenceWords(entry.evidence, clockTime);
      const cost = formatUsd(entry.cost);
      const end = `${entry.reason}, ${entry.steps} ${entry.steps === 1 ? "step" : "steps"}, ${cost}`;
      return marked("· ", words === null ? end : `${end}; ${words}`, columns, dim);
    }
    default:
      return [];
  }
}

function partLines(part: Part, columns: number): Line[] {
  switch (part.type) {
    case "text":
      return [blank, ...answerLines(part.text, columns)];
    case "reasoning":
      return part.text === "" ? [] : [blank, ...marked("∴ ", part.text, columns, dim)];
    case "tool_call":
      return [
        blank,
        ...block(
          { text: "● ", tone: "accent" },
          `${part.name} ${oneRow(clean(inputText(part.input)))}`,
          columns,
        ),
      ];
    case "image":
    case "file":
      return [plain(`[${part.type}: ${clean(part.name ?? part.mediaType)}]`, dim)];
    case "opaque":
      return [plain(`[${clean(part.kind)}]`, dim)];
    case "tool_result":
      return [];
  }
}

/** An answer as it stands in the scrollback, with all addresses written out, so that they can be searched. */
function answerLines(text: string, columns: number): Line[] {
  const { scan, pieces } = push(noText, text);
  const drawer = new PieceDrawer({ links: "addresses", highlighter: () => null });
  return [...pieces, ...end(scan)].flatMap((piece) => drawer.lines(piece, columns));
}

const marked = (mark: string, text: string, columns: number, style: Style): Line[] =>
  block({ text: mark, ...style }, clean(text).trimEnd(), columns, style);

const said = (parts: readonly Part[]): string =>
  clean(
    parts
      .map((part) =>
        part.type === "text" ? part.text : "name" in part ? `[${part.type}: ${part.name}]` : "",
      )
      .filter(Boolean)
      .join("\n"),
  );

const inputText = (input: Json | unknown): string =>
  typeof input === "string" ? input : JSON.stringify(input);

function answerWords({ answer, scope, rule, comment }: Extract<Entry, { type: "approval.decided" }>): string {
  const held = scope === "once" ? "once" : `in this ${scope}`;
  return [`${answer === "allow" ? "allowed" : "refused"} ${held}`, rule, comment].filter(Boolean).join(": ");
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
