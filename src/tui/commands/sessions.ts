/** The commands about sessions: going back, branches, forks, other sessions, and taking text out of them. */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { messageWithHint, systemCode } from "../../core/errors.ts";
import { lastAnswer } from "../../sessions/last-answer.ts";
import { codeBlocks } from "../clipboard.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { pickPoint, pickRewind } from "../sessions/move.ts";
import { pickSession } from "../sessions/picker.ts";

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
    help: "another session, to be picked from a list with search",
    whileWorking: false,
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
    help: "write this session to a file",
    whileWorking: true,
    run: exportTo,
  },
  {
    name: "copy",
    aliases: [],
    argument: "[n]",
    help: "the last answer to the clipboard, or its nth code block",
    whileWorking: true,
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
  return pickSession({
    ...place,
    choose(chosen) {
      void goOn(place, chosen).then(place.tell, (error: unknown) => place.warn(messageWithHint(error)));
    },
  });
}

async function goOn({ goTo, session }: CommandPlace, id: string): Promise<string> {
  if (id === session().id) return "that is this session";
  const before = await goTo({ kind: "resume", id });
  return `going on here; the one before: tau -r ${before.id}`;
}

async function exportTo({ session, sessions, cwd }: CommandPlace, wanted: string): Promise<string> {
  const { id } = session();
  const path = resolve(cwd, wanted === "" ? `tau-${id.slice(0, 13)}.md` : wanted);
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
