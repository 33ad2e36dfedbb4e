/**
 * An error of Tau's own while the UI is on. The terminal is given back first; then a person is told what happened and how
 * to go on, and a file holds where it was, for whoever mends it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenApp } from "../app/contract.ts";
import { messageOf, systemCode, TauError } from "../core/errors.ts";
import { clean, oneRow } from "./view/clean.ts";

/** Tells of errors that nobody awaits, which would end the process with a stack trace, until what it returns is called. */
export function onStrayErrors(broke: (error: unknown) => void): () => void {
  process.on("uncaughtException", broke);
  process.on("unhandledRejection", broke);
  return () => {
    process.off("uncaughtException", broke);
    process.off("unhandledRejection", broke);
  };
}

/** How long a turn may take to stop after an error: what carries it may be what broke. In ms. */
const stopMs = 5_000;

/** Resolves when the turn has stopped, or could not. All it did is in the ledger either way. */
export async function stopped(idle: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopMs);
  });
  // Its own failure is told of already: one error is enough to read.
  await Promise.race([idle.catch(() => undefined), late]);
  clearTimeout(timer);
}

/**
 * What is said of it.
 * @param session its id where there is something to go on with, else null
 */
export function brokenError(
  error: unknown,
  session: string | null,
  app: Pick<OpenApp, "paths" | "version" | "redact">,
  now: Date,
): TauError {
  const log = written(error, app, now);
  const next = [
    ...(session === null
      ? []
      : [`the session is whole: tau -r ${session} goes on`, `or in plain lines: tau --plain -r ${session}`]),
    ...(log === null ? [] : [`this is a bug; where it was: ${log}`]),
  ];
  const message = app.redact(oneRow(clean(messageOf(error))));
  return new TauError("failure", `an error ended the screen: ${message}`, next.join("\n     "));
}

/** Keeps the last one only. Null when there is no place for it. */
function written(
  error: unknown,
  { paths, version, redact }: Pick<OpenApp, "paths" | "version" | "redact">,
  now: Date,
): string | null {
  const path = join(paths.state, "crash.log");
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const place = `${now.toISOString()} tau ${version}, Node ${process.version}, ${process.platform}`;
  try {
    mkdirSync(paths.state, { recursive: true, mode: 0o700 });
    writeFileSync(path, redact(`${place}\n${stack}\n`), { mode: 0o600 });
    return path;
  } catch (failure) {
    if (systemCode(failure) === undefined) throw failure;
    return null;
  }
}
