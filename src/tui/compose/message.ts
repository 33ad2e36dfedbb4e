/** What is typed, as the message that is sent: files, folders, sessions and resources it names are read and go with it. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { OpenApp, OpenSession } from "../../app/contract.ts";
import type { Attached, Said } from "../../core/attachment.ts";
import { looksLikePath, type Mention, mentionsIn } from "./mentions.ts";

/** Where what a message names is read. */
export type MessagePlace = {
  cwd: string;
  session: Pick<OpenSession, "attach" | "attachResource">;
  app: Pick<OpenApp, "sessionDigest">;
};

/** Attachments of one message: more than anybody names, fewer than fill a window by accident. */
const mostAttachments = 20;

/**
 * The names in a text that lead somewhere, and those that look like paths and lead nowhere.
 * @param servers whose resources may be named
 */
export function namedIn(
  text: string,
  cwd: string,
  servers: ReadonlySet<string>,
): { found: Mention[]; missing: Mention[] } {
  const found: Mention[] = [];
  const missing: Mention[] = [];
  for (const mention of mentionsIn(text, servers)) {
    if (mention.kind !== "path" || existsSync(resolve(cwd, mention.path))) found.push(mention);
    else if (looksLikePath(mention.path)) missing.push(mention);
  }
  return { found: found.slice(0, mostAttachments), missing };
}

/** The message with what it names behind it. @throws TauError for what may not or cannot be read */
export async function withNamed(
  { parts, attached }: Said,
  names: readonly Mention[],
  { session, app }: MessagePlace,
  signal: AbortSignal,
): Promise<Said> {
  const said: Said = { parts: [...parts], attached: [...attached] };
  for (const name of names) {
    if (name.kind === "session") append(said, "session", name.label, [await app.sessionDigest(name.id)]);
    else if (name.kind === "resource") {
      const read = await session.attachResource({ server: name.server, uri: name.uri }, signal);
      append(said, read.kind, name.label, read.parts);
    } else {
      const read = await session.attach({ path: name.path, lines: name.lines }, signal);
      append(said, read.kind, name.label, read.parts);
    }
  }
  return said;
}

/** Puts parts behind a message, as one attachment. */
export function append(
  said: Said,
  kind: Attached["kind"],
  label: string,
  parts: readonly Said["parts"][number][],
): void {
  for (const part of parts) {
    said.attached.push({ kind, label, part: said.parts.length });
    said.parts.push(part);
  }
}
