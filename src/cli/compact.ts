/** `tau sessions compact`: makes room in a session by hand, shows first what would go, or takes the last time back. */
import { existsSync } from "node:fs";
import * as z from "zod";
import type { CompactionPreview, DroppedResults } from "../agent/compaction/preview.ts";
import type { OpenSession } from "../app/contract.ts";
import { exitCodes, TauError } from "../core/errors.ts";
import type { AgentEvent } from "../core/event.ts";
import { formatUsd } from "../core/usage.ts";
import { findSession } from "../sessions/choose.ts";
import { oneRow } from "../tui/view/clean.ts";
import { homeFolder } from "./folder.ts";
import { withLedger } from "./ledger.ts";
import { parseRunOptions, settingsOf } from "./options.ts";
import { print, say } from "./print/streams.ts";
import { progressLine } from "./print/text.ts";
import { runtime } from "./runtime.ts";
import { abortOnSignals } from "./signals.ts";

const options = z.object({
  focus: z.string().trim().min(1).optional(),
  preview: z.boolean().default(false),
  undo: z.boolean().default(false),
  json: z.boolean().default(false),
});

type Options = z.infer<typeof options>;

/** Runs the command and returns the exit code. */
export async function runCompact(prefix: string, raw: object): Promise<number> {
  const parsed = options.safeParse(raw);
  if (!parsed.success) throw new TauError("usage", "--focus needs a text", "tau sessions compact --help");
  const chosen = parsed.data;
  if (chosen.undo && (chosen.preview || chosen.focus !== undefined))
    throw new TauError(
      "usage",
      "--undo goes with neither --preview nor --focus",
      "tau sessions compact ID --undo",
    );
  const flags = settingsOf(parseRunOptions(raw));
  const { id, cwd } = await withLedger(({ store }) => findSession(store, prefix));
  const { openApp } = await import("../app.ts");
  const app = await openApp({
    ...runtime(),
    // The folder may be gone; its session can be compacted all the same.
    cwd: existsSync(cwd) ? cwd : process.cwd(),
    env: process.env,
    home: homeFolder(),
    flags,
    rules: { allow: [], deny: [] },
  });
  try {
    const session = await app.openSession({ kind: "resume", id });
    if (chosen.preview) return preview(session, chosen);
    return chosen.undo ? await undo(session, chosen) : await compact(session, chosen);
  } finally {
    await app.close();
  }
}

/** Tells what happens on the way, and gives the outcome. */
async function outcomeOf<Outcome>(
  events: AsyncGenerator<AgentEvent, Outcome>,
  tellsItself: ReadonlySet<AgentEvent["type"]>,
): Promise<Outcome> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    const line = tellsItself.has(next.value.type) ? null : progressLine(next.value);
    if (line !== null) say(`${oneRow(line)}\n`);
  }
}

const own: ReadonlySet<AgentEvent["type"]> = new Set(["compaction.finished", "compaction.undone"]);

async function compact(session: OpenSession, { focus, json }: Options): Promise<number> {
  const controller = new AbortController();
  const release = abortOnSignals(controller, () => undefined);
  const events = session.compact({ ...(focus !== undefined && { focus }), signal: controller.signal });
  const { ending, compaction, spent } = await outcomeOf(events, own);
  release();
  const { reason, error } = ending;
  if (json) print(JSON.stringify({ sessionId: session.id, ...ending, compaction, ...spent }));
  else if (compaction) {
    const { tokensBefore, tokensAfter, cost } = compaction;
    print(
      `Compacted: ${count(tokensBefore)} to ${count(tokensAfter)} tokens, ${formatUsd(cost)}. Undo it with: tau sessions compact ${session.id} --undo`,
    );
  }
  if (!compaction) {
    say(
      `tau: ${error?.message ?? reason}${error?.hint ? `\n     ${error.hint}` : ""}\n     The session is as it was; spent: ${formatUsd(spent.cost)}.\n`,
    );
  }
  return exitCodes[reason];
}

async function undo(session: OpenSession, { json }: Options): Promise<number> {
  const { undone, fits, more } = await outcomeOf(session.undoCompaction(), own);
  if (json) print(JSON.stringify({ sessionId: session.id, undone, fits, more }));
  if (undone === null) {
    say("tau: there is no compaction to take back\n");
    return exitCodes.usage;
  }
  if (json) return exitCodes.done;
  print(
    `Taken back: the conversation has ${count(undone.tokensAfter)} tokens again instead of ${count(undone.tokensBefore)}.`,
  );
  print(
    fits
      ? "The next request carries all of it."
      : `That does not fit the model's window (${count(session.contextWindow)} tokens): it is compacted anew before the next request.`,
  );
  if (more) print("An earlier compaction still counts; the same command takes that back too.");
  return exitCodes.done;
}

function preview(session: OpenSession, { focus, json }: Options): number {
  const plan = session.previewCompaction(focus);
  if (json) print(JSON.stringify({ sessionId: session.id, preview: plan }));
  else print(plan === null ? "There is nothing to compact yet." : previewText(plan));
  return exitCodes.done;
}

/** Files and messages named at most. */
const listed = 12;
/** Characters shown of a message. */
const shownCharacters = 100;

/** The preview for people. */
export function previewText(plan: CompactionPreview): string {
  const { dropped, kept, verbatim, call, refused } = plan;
  const stays =
    kept.messages === 0
      ? "nothing but the summary"
      : `${messages(kept.messages)}, about ${count(kept.tokens)} tokens, from: ${kept.begins ?? ""}`;
  const price = call && `about ${formatUsd(call.cost)}, at most ${formatUsd(call.costAtMost)}`;
  const lines = [
    ...(refused === null ? [] : [`It would be refused: ${refused}.`]),
    `now       ${count(plan.tokensBefore)} of ${count(plan.window)} tokens`,
    `then      about ${count(plan.tokensAfter)} tokens`,
    `goes      ${messages(dropped.messages)}, about ${count(dropped.tokens)} tokens${dropped.earlierSummary ? ", an earlier summary among them" : ""}; all stays in the ledger`,
    ...list("          by tool: ", dropped.tools),
    ...list("          by file: ", dropped.files),
    `stays     ${stays}`,
    `verbatim  ${verbatim.length === 0 ? "no message of yours is among what goes" : `${messages(verbatim.length)} of yours, in the summary`}`,
    ...verbatim.slice(-listed).map((text) => `          > ${short(text)}`),
    call
      ? `costs     ${price} (${call.model}: ${count(call.promptTokens)} tokens in, at most ${count(call.maxOutputTokens)} out)`
      : "costs     nothing: too long for a summary call, so facts alone would be kept",
    "Nothing was changed and nothing spent.",
  ];
  return lines.map(oneRow).join("\n");
}

const count = (tokens: number): string => Math.round(tokens).toLocaleString("en-US");
const messages = (many: number): string => `${count(many)} ${many === 1 ? "message" : "messages"}`;

function list(title: string, sums: readonly DroppedResults[]): string[] {
  if (sums.length === 0) return [];
  const named = sums
    .slice(0, listed)
    .map(
      ({ name, results, tokens }) =>
        `${name} ${results} ${results === 1 ? "result" : "results"} (${count(tokens)} tokens)`,
    );
  const rest = sums.length > listed ? [`${sums.length - listed} more`] : [];
  return [`${title}${[...named, ...rest].join(", ")}`];
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line;
}
