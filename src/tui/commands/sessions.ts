/** The commands about sessions: going back, branches, forks, other sessions, and taking text out of them. */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { messageWithHint, systemCode } from "../../core/errors.ts";
import type { SessionId } from "../../core/ids.ts";
import { lastAnswer } from "../../sessions/last-answer.ts";
import { codeBlocks } from "../clipboard.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { anyOr, oneOf } from "../compose/completions.ts";
import { openSoon } from "../dialog/opening.ts";
import { pickPoint, pickRewind } from "../sessions/move.ts";
import { sessionPicker } from "../sessions/picker.ts";
import { ageText } from "../view/age.ts";

/** The commands of this file. */
export const sessionCommands = [
  {
    name: "rewind",
    aliases: [],
    argument: "",
    help: "go back to before a message: the conversation, files, or both; also esc esc",
    whileWorking: false,
    run: pickRewind,
  },
  {
    name: "tree",
    aliases: [],
    argument: "",
    help: "the branches of this session, to go on from any point",
    whileWorking: false,
    run: pickPoint,
  },
  {
    name: "fork",
    aliases: [],
    argument: "[name]",
    help: "go on in a copy of this session; this one is kept",
    whileWorking: false,
    run: fork,
  },
  {
    name: "resume",
    aliases: ["sessions"],
    argument: "[id]",
    help: "another session; without an id a list with search, preview, rename and delete",
    page: "sessions.md",
    whileWorking: false,
    complete: async ({ sessions, session }, before) => {
      if (before.length > 0) return null;
      const recent = await sessions.list({ limit: offeredSessions, skip: 0 });
      return {
        values: recent
          .filter(({ id, turns }) => turns > 0 && id !== session().id)
          .map(({ id, title, updatedAt }) => ({
            value: id,
            text: title ?? id,
            detail: ageText(updatedAt, Date.now()),
          })),
        stands: (word) => /^[0-9a-f][0-9a-f-]*$/i.test(word),
      };
    },
    run: resume,
  },
  {
    name: "rename",
    aliases: ["title"],
    argument: "<name>",
    help: "another title for this session",
    whileWorking: true,
    async run({ session }, name) {
      if (name === "") return "/rename needs a name";
      await session().rename(name);
      return `this session is called "${name}" now`;
    },
  },
  {
    name: "export",
    aliases: [],
    argument: "[file.md|file.jsonl]",
    help: "writes this session to a file, as Markdown or as JSON lines",
    details: "A file that is there is never written over.",
    whileWorking: true,
    complete: ({ session }, before) =>
      before.length > 0
        ? null
        : anyOr([
            { value: `${exportName(session().id)}.md`, detail: "Markdown" },
            { value: `${exportName(session().id)}.jsonl`, detail: "JSON lines, all of the record" },
          ]),
    run: exportTo,
  },
  {
    name: "copy",
    aliases: [],
    argument: "[n]",
    help: "the last answer to the clipboard, or its nth code block",
    whileWorking: true,
    complete: async ({ session }, before) => {
      if (before.length > 0) return null;
      const blocks = codeBlocks((await lastAnswer(session().transcript())) ?? "");
      return oneOf(
        blocks.map((block, index) => ({ value: `${index + 1}`, detail: block.trim().split("\n")[0] ?? "" })),
      );
    },
    run: copy,
  },
] as const satisfies readonly LocalCommand[];

async function fork({ session, goToCopy }: CommandPlace, name: string): Promise<string> {
  const id = await session().fork(name === "" ? null : name);
  const before = await goToCopy(id);
  return `this is a fork now, ${id}; the one before: tau -r ${before.id}`;
}

async function resume(place: CommandPlace, id: string): Promise<string | null> {
  if (id !== "") return goOn(place, id);
  const choose = (chosen: string): void =>
    void goOn(place, chosen).then(place.tell, (error: unknown) => place.warn(messageWithHint(error)));
  await openSoon(place.store, "Sessions", () => sessionPicker({ ...place, choose }));
  return null;
}

async function goOn({ goTo, session }: CommandPlace, id: string): Promise<string> {
  if (id === session().id) return "that is this session";
  const before = await goTo({ kind: "resume", id });
  return `going on here; the one before: tau -r ${before.id}`;
}

/** Sessions that are suggested from. */
const offeredSessions = 200;

/** The name of a file for a session, without its ending. */
const exportName = (id: SessionId): string => `tau-${id.slice(0, 13)}`;

async function exportTo({ session, sessions, cwd }: CommandPlace, wanted: string): Promise<string> {
  const { id } = session();
  const path = resolve(cwd, wanted === "" ? `${exportName(id)}.md` : wanted);
  const format = path.endsWith(".jsonl") ? "jsonl" : "markdown";
  try {
    // "wx": nothing that is there is written over.
    const file = await open(path, "wx", 0o600);
    try {
      for await (const chunk of sessions.export(id, format)) await file.write(chunk);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCode(error) === "EEXIST") return `${path} is there already; /export takes another name`;
    throw error;
  }
  return `written as ${format === "jsonl" ? "JSON lines" : "Markdown"}: ${path}`;
}

async function copy({ session, copyText }: CommandPlace, which: string): Promise<string> {
  const answer = await lastAnswer(session().transcript());
  if (answer === null) return "there is no answer yet to copy";
  if (which === "") return `the last answer: ${await copyText(answer)}`;
  const blocks = codeBlocks(answer);
  const block = blocks[Number(which) - 1];
  if (block !== undefined) return `code block ${which}: ${await copyText(block)}`;
  return blocks.length === 0
    ? "the last answer has no code block; /copy takes all of it"
    : `the last answer has ${blocks.length} code blocks; /copy 1 takes the first`;
}
