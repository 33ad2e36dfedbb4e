/** `tau sessions`: list, show, search, export, import, delete. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface as createLines } from "node:readline";
import * as z from "zod";
import { messageOf, systemCode, TauError } from "../core/errors.ts";
import type { SessionSummary, Store } from "../core/store.ts";
import { formatUsd, totalTokens } from "../core/usage.ts";
import { findSession } from "../sessions/choose.ts";
import { exportJsonl, exportMarkdown } from "../sessions/export.ts";
import { outputsFolder, removeOutputs } from "../tools/process/outputs.ts";
import { oneRow } from "../tui/view/clean.ts";
import { cut } from "../tui/view/line.ts";
import { saysYes } from "./ask-yes.ts";
import { workingFolder } from "./folder.ts";
import { ownPaths, withLedger } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { compact, table } from "./table.ts";

const options = z.object({
  json: z.boolean().default(false),
  all: z.boolean().default(false),
  limit: z.coerce.number().int().positive().default(50),
  format: z.enum(["jsonl", "markdown"]).default("jsonl"),
  yes: z.boolean().default(false),
});

type Options = z.infer<typeof options>;

/** Runs one of the actions. */
export async function runSessions(
  action: "list" | "show" | "search" | "export" | "import" | "delete",
  what: string,
  raw: object,
): Promise<void> {
  const parsed = options.safeParse(raw);
  if (!parsed.success)
    throw new TauError(
      "usage",
      "--limit must be a whole number above zero",
      `tau sessions ${action} --limit 20`,
    );
  const chosen = parsed.data;
  await withLedger(async ({ store }) => {
    switch (action) {
      case "list":
        return list(store, chosen);
      case "search":
        return search(store, what, chosen);
      case "show":
        return show(store, await findSession(store, what), chosen);
      case "export":
        return writeAll(exportOf(store, await findSession(store, what), chosen.format));
      case "import":
        return restore(store, what, chosen);
      case "delete":
        return remove(store, await findSession(store, what), chosen);
    }
  });
}

async function list(store: Store, { json, all, limit }: Options): Promise<void> {
  const sessions = await store.list({ ...(!all && { cwd: workingFolder() }), limit });
  if (json) return print(JSON.stringify(sessions));
  if (sessions.length === 0)
    return print(
      all ? "There are no sessions yet." : "There are no sessions of this folder (--all lists every one).",
    );
  print(sessionTable(sessions, all));
  if (sessions.length === limit && process.stdout.isTTY)
    print(`The newest ${limit}; --limit ${limit * 2} shows more.`);
}

function sessionTable(sessions: readonly SessionSummary[], all: boolean): string {
  return table(
    [
      { title: "id" },
      { title: "updated" },
      { title: "turns", align: "right" },
      { title: "tokens", align: "right" },
      { title: "cost", align: "right" },
      // What a session is known by stands where a narrow terminal still shows it.
      { title: "title" },
      ...(all ? [{ title: "folder" }] : []),
      { title: "model" },
    ],
    sessions.map((session) => [
      session.id.slice(0, 13),
      new Date(session.updatedAt).toISOString().slice(0, 16).replace("T", " "),
      String(session.turns),
      compact(totalTokens(session.usage)),
      session.unpricedCalls > 0 ? `${formatUsd(session.cost)}+?` : formatUsd(session.cost),
      oneRow(session.title ?? ""),
      ...(all ? [session.cwd] : []),
      session.model,
    ]),
  )
    .map(fitted)
    .join("\n");
}

/** A row of a terminal is one row: what does not fit is cut. Files and pipes get all of it. */
const fitted = (line: string): string => (process.stdout.isTTY ? cut(line, process.stdout.columns) : line);

async function search(store: Store, text: string, { json, all, limit }: Options): Promise<void> {
  const hits = await store.search(text, { ...(!all && { cwd: workingFolder() }), limit });
  if (json) return print(JSON.stringify(hits));
  if (hits.length === 0) return print("Nothing found.");
  for (const hit of hits) {
    print(
      `${hit.session.id.slice(0, 13)}  ${new Date(hit.at).toISOString().slice(0, 16).replace("T", " ")}  ${hit.session.title ?? ""}`,
    );
    print(`  ${hit.snippet.replaceAll("\n", " ")}`);
  }
}

async function show(store: Store, session: SessionSummary, { json }: Options): Promise<void> {
  if (!json) return writeAll(exportMarkdown(session, store));
  print(JSON.stringify({ session, entries: await store.path(session.id) }));
}

function exportOf(store: Store, session: SessionSummary, format: Options["format"]): AsyncIterable<string> {
  return format === "jsonl" ? exportJsonl(session, store) : exportMarkdown(session, store);
}

async function restore(store: Store, file: string, { json }: Options): Promise<void> {
  const { importJsonl } = await import("../sessions/import.ts");
  const source = file === "-" ? process.stdin : createReadStream(file);
  // A file that cannot be opened ends the stream of lines with its error only while they are read.
  const failed = once(source, "error").then(([error]) => Promise.reject(error));
  let session: SessionSummary;
  try {
    session = await Promise.race([importJsonl(linesOf(source), store), failed]);
  } catch (error) {
    if (systemCode(error) === undefined || error instanceof TauError) throw error;
    throw new TauError("usage", `cannot read ${file}: ${messageOf(error)}`, "name a file, or - for stdin");
  }
  if (json) return print(JSON.stringify(session));
  print(
    `Imported ${session.id} (${session.title ?? "no title"}, ${session.turns} ${session.turns === 1 ? "turn" : "turns"}).`,
  );
}

/** Begun only when it is read: lines that come before are lost. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createLines({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

async function remove(store: Store, session: SessionSummary, { yes, json }: Options): Promise<void> {
  if (!yes) {
    if (!process.stdin.isTTY)
      throw new TauError("usage", "deleting needs a yes", `tau sessions delete ${session.id} --yes`);
    const what = `${session.id} (${session.title ?? "no title"}, ${session.turns} turns)`;
    if (!(await saysYes(`Delete ${what} for good?`)))
      return print(json ? JSON.stringify({ deleted: null }) : "Nothing was deleted.");
  }
  await store.delete(session.id);
  removeOutputs(join(ownPaths().state, outputsFolder), session.id);
  print(json ? JSON.stringify({ deleted: session.id }) : `Deleted ${session.id}.`);
}

async function writeAll(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) {
    print(chunk);
  }
}
