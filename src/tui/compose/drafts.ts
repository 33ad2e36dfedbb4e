/**
 * What is typed outlives the UI: a file a process and project, taken over by the next UI of the project when that
 * process is gone; and what was put aside by hand, a file a project. Both hold a person's words: mode 0600.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { noTokens, type Token, type Tokens, tokensIn } from "./tokens.ts";

/** A text of the composer, with what its labels stand for. */
export type Draft = { text: string; tokens: Tokens };

/** How long after the last key a draft is written, in ms: typing must not write a file a key. */
const writeAfterMs = 400;
/** Characters of a draft that is kept; a bigger one is lost with its UI. */
const largest = 16 * 1024 * 1024;
/** Texts put aside at most. */
const mostStashed = 20;
/** What nobody came back for is forgotten, in ms. */
const forgottenAfter = 30 * 24 * 3600 * 1000;

/** Where drafts of one project are kept. */
export type DraftsOptions = {
  /** Absolute. */
  folder: string;
  root: string;
  pid: number;
  now(): number;
  isAlive(pid: number): boolean;
};

/** Keeps drafts of one project. */
export class Drafts {
  readonly #options: DraftsOptions;
  readonly #key: string;
  #timer: NodeJS.Timeout | null = null;
  #latest: Draft | null = null;
  #written = "";

  constructor(options: DraftsOptions) {
    this.#options = options;
    this.#key = createHash("sha256").update(options.root).digest("hex").slice(0, 16);
  }

  get #own(): string {
    return join(this.#options.folder, `${this.#key}.${this.#options.pid}.json`);
  }

  get #stash(): string {
    return join(this.#options.folder, `${this.#key}.stash.json`);
  }

  /** Notes what is typed now; it is written soon. */
  changed(draft: Draft): void {
    this.#latest = draft;
    this.#timer ??= setTimeout(() => this.flush(), writeAfterMs);
    this.#timer.unref();
  }

  /** Writes what is typed now, at once. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#latest === null) return;
    const { text } = this.#latest;
    const data = text.trim() === "" ? "" : JSON.stringify(plainOf(this.#latest));
    this.#latest = null;
    if (data === this.#written || data.length > largest) return;
    this.#written = data;
    if (data === "") removed(this.#own);
    else this.#write(this.#own, data);
  }

  /** The newest draft whose UI is gone; it is this UI's from now on. */
  async adopt(): Promise<Draft | null> {
    const { folder, now, isAlive } = this.#options;
    const left = this.#files().filter(({ pid }) => !isAlive(pid));
    for (const { path, at } of left) if (now() - at > forgottenAfter) removed(path);
    const newest = left.filter(({ at }) => now() - at <= forgottenAfter).sort((a, b) => b.at - a.at)[0];
    if (newest === undefined) return null;
    const [draft] = await readDrafts(join(folder, newest.name));
    try {
      renameSync(newest.path, this.#own);
    } catch {
      return null; // another UI was faster
    }
    return draft ?? null;
  }

  /** Puts a text aside. */
  async push(draft: Draft): Promise<number> {
    const all = [...(await readDrafts(this.#stash)), draft].slice(-mostStashed);
    if (!this.#write(this.#stash, JSON.stringify(all.map(plainOf))))
      throw new Error(`it cannot be put aside: ${this.#options.folder} cannot be written`);
    return all.length;
  }

  /** Takes back what was put aside last, and says how many are left. */
  async pop(): Promise<{ draft: Draft; left: number } | null> {
    const all = await readDrafts(this.#stash);
    const draft = all.pop();
    if (draft === undefined) return null;
    if (all.length === 0) removed(this.#stash);
    else this.#write(this.#stash, JSON.stringify(all.map(plainOf)));
    return { draft, left: all.length };
  }

  #files(): { name: string; path: string; pid: number; at: number }[] {
    const { folder } = this.#options;
    try {
      return readdirSync(folder).flatMap((name) => {
        const [, key, pid] = /^([0-9a-f]{16})\.(\d+)\.json$/.exec(name) ?? [];
        const path = join(folder, name);
        if (key !== this.#key || pid === undefined) return [];
        return [{ name, path, pid: Number(pid), at: statSync(path).mtimeMs }];
      });
    } catch {
      return []; // no folder yet, or a file that went while it was looked at
    }
  }

  /** Whole or not at all. @returns whether it was; a disk that is full must not stop anybody from typing */
  #write(path: string, data: string): boolean {
    const beside = `${path}.${this.#options.pid}.tmp`;
    try {
      mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
      writeFileSync(beside, data, { mode: 0o600 });
      renameSync(beside, path);
      return true;
    } catch {
      removed(beside);
      return false;
    }
  }
}

/** Removes a file where that can be done. */
function removed(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return; // its folder is no folder, or not ours: there is nothing of ours in it
  }
}

const plainOf = ({ text, tokens }: Draft): { text: string; tokens: Token[] } => ({
  text,
  tokens: tokensIn(text, tokens).map(({ token }) => token),
});

/** The drafts in a file, one or a list; none where there is no such file or it is damaged. */
async function readDrafts(path: string): Promise<Draft[]> {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return []; // nothing was put aside, or it was cut off by a full disk
  }
  const { draftsOf } = await import("./drafts-schema.ts");
  return draftsOf(data).map(({ text, tokens }) => ({
    text,
    tokens: tokens.length === 0 ? noTokens : new Map(tokens.map((token) => [token.label, token])),
  }));
}
