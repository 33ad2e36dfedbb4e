/** `@path`, `@session:id` and `@server:uri` in what is typed: what it names. Pure functions. */

/** Something a text names. */
export type Mention = {
  /** As it is written, `@` and quotes included. */
  label: string;
  /** Where its `@` stands in the text. */
  at: number;
} & (
  | { kind: "path"; path: string; lines: { first: number; last: number } | null }
  | { kind: "session"; id: string }
  | { kind: "resource"; server: string; uri: string }
);

/** What may stand before an `@` that names something: an address of mail has a letter there. */
const pattern = /(?<=^|[\s([{<"'`])@(?:"((?:[^"\\\n]|\\.)+)"((?::\d+(?:-\d+)?)?)|([^\s"'`<>()[\]{}]+))/gm;
const range = /(?::|#L)(\d+)(?:-L?(\d+))?$/;

/** Everything a text names, each once, in order. @param servers whose resources may be named, by their keys */
export function mentionsIn(text: string, servers: ReadonlySet<string> = noServers): Mention[] {
  const found = new Map<string, Mention>();
  for (const match of text.matchAll(pattern)) {
    const [whole, quoted, quotedRange = "", plain = ""] = match;
    // A sentence may end behind a name.
    const label = quoted === undefined ? whole.replace(/[.,;:!?]+$/, "") : whole;
    if (label.length < 2 || found.has(label)) continue;
    const written = quoted === undefined ? plain.slice(0, label.length - 1) : quotedRange;
    const resource = resourceIn(quoted === undefined ? written : unescaped(quoted), servers);
    found.set(label, { label, at: match.index, ...(resource ?? named(written, quoted)) });
  }
  return [...found.values()];
}

const noServers: ReadonlySet<string> = new Set();

function resourceIn(
  text: string,
  servers: ReadonlySet<string>,
): { kind: "resource"; server: string; uri: string } | null {
  const [, server = "", uri = ""] = /^([\w-]+):(.+)$/s.exec(text) ?? [];
  return servers.has(server) ? { kind: "resource", server, uri } : null;
}

const unescaped = (quoted: string): string => quoted.replace(/\\(.)/g, "$1");

type Named = { kind: "path"; path: string; lines: Lines } | { kind: "session"; id: string };
type Lines = { first: number; last: number } | null;

function named(written: string, quoted: string | undefined): Named {
  const [, session] = /^session:([\w-]+)$/.exec(written) ?? [];
  if (session !== undefined) return { kind: "session", id: session };
  const [all = "", from, to] = range.exec(written) ?? [];
  const first = Number(from);
  const lines = from === undefined || first < 1 ? null : { first, last: Math.max(first, Number(to ?? from)) };
  const path = quoted === undefined ? written.slice(0, written.length - all.length) : unescaped(quoted);
  return { kind: "path", path, lines };
}

/** A path as it is written behind an `@`. */
export function mentionOf(path: string): string {
  if (/^[^\s"'`<>()[\]{}\\,;:!?]+$/.test(path) && !path.endsWith(".")) return `@${path}`;
  return `@"${path.replace(/["\\]/g, "\\$&")}"`;
}

/** A resource as it is written behind an `@`. */
export function resourceMention(server: string, uri: string): string {
  const name = `${server}:${uri}`;
  if (/^[^\s"'`<>()[\]{}\\]+$/.test(name) && !/[.,;:!?]$/.test(name)) return `@${name}`;
  return `@"${name.replace(/["\\]/g, "\\$&")}"`;
}

/** The beginning of a mention that ends at the caret: what is being completed. */
export function openMention(text: string, caret: number): { from: number; query: string } | null {
  const before = text.slice(Math.max(0, caret - 500), caret);
  const [found, quoted, plain = ""] =
    /(?<=^|[\s([{<'`])@(?:"([^"\n]*)|([^\s"'`<>()[\]{}]*))$/m.exec(before) ?? [];
  return found === undefined ? null : { from: caret - found.length, query: quoted ?? plain };
}

/** Whether a name that leads to nothing was probably meant as a path: prose has its at-signs, too. */
export const looksLikePath = (path: string): boolean => /[/\\]|\.\w{1,8}$/.test(path);
