/** Commands people wrote as Markdown files, in the project's and their own folders. */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, systemCode } from "../../core/errors.ts";
import { frontMatter, listValue, textValue } from "./front-matter.ts";

/** Whose a command is: what a project brings may say nothing about permissions. */
export type CommandOwner = "project" | "user";

/** A folder of commands. */
export type CommandFolder = {
  path: string;
  owner: CommandOwner;
  /** What `$1` means: Claude Code counts arguments from 0, Tau's own folders (and shells) from 1. */
  firstArgument: 0 | 1;
};

/** A command read from a file. */
export type MarkdownCommand = {
  /** `deploy`, `git:commit` for `git/commit.md`. */
  name: string;
  /** The file. */
  path: string;
  owner: CommandOwner;
  firstArgument: 0 | 1;
  /** One line. */
  description: string;
  /** What may follow the name, as help shows it; empty when the file does not say. */
  argumentHint: string;
  /** Rules its `!` commands are judged by beside the session's; empty for a project's. */
  allowedTools: readonly string[];
  /** The model it asks for. */
  model: string | null;
  body: string;
};

/** What was found, and what could not be used, in words. */
export type LoadedCommands = { commands: MarkdownCommand[]; problems: string[] };

/** Files that are looked at, folders deep, and bytes of one: a prompt is a page, not a book. */
const most = { files: 500, depth: 4, bytes: 64 * 1024 } as const;

/** Where commands are looked for, the strongest first. */
export function commandFolders(places: { root: string; config: string; home: string }): CommandFolder[] {
  return [
    { path: join(places.root, ".tau", "commands"), owner: "project", firstArgument: 1 },
    { path: join(places.root, ".claude", "commands"), owner: "project", firstArgument: 0 },
    { path: join(places.config, "commands"), owner: "user", firstArgument: 1 },
    { path: join(places.home, ".claude", "commands"), owner: "user", firstArgument: 0 },
  ];
}

/** Reads all folders. Of two commands with one name the first is taken. */
export async function loadCommands(folders: readonly CommandFolder[]): Promise<LoadedCommands> {
  const commands = new Map<string, MarkdownCommand>();
  const problems: string[] = [];
  for (const folder of folders) {
    for (const file of await markdownFiles(folder.path, problems)) {
      const name = file.replace(/\.md$/i, "").replaceAll("/", ":");
      const path = join(folder.path, file);
      if (!/^[a-z0-9][\w.-]*(?::[a-z0-9][\w.-]*)*$/i.test(name)) {
        problems.push(`${path} makes no command: a name has letters, digits, dots, dashes and underscores`);
        continue;
      }
      const key = name.toLowerCase();
      const other = commands.get(key);
      if (other !== undefined) {
        problems.push(`${path} is hidden by ${other.path}`);
        continue;
      }
      try {
        commands.set(key, commandOf(key, path, folder, await textOf(path)));
      } catch (error) {
        problems.push(`${path} was not read: ${messageOf(error)}`);
      }
    }
  }
  return { commands: [...commands.values()], problems };
}

function commandOf(
  name: string,
  path: string,
  { owner, firstArgument }: CommandFolder,
  text: string,
): MarkdownCommand {
  const { values, body } = frontMatter(text);
  const firstLine = body.split("\n").find((line) => line.trim() !== "") ?? "";
  return {
    name,
    path,
    owner,
    firstArgument,
    description: textValue(values.get("description")) ?? firstLine.replace(/^#+\s*/, "").slice(0, 100),
    argumentHint:
      textValue(values.get("argument-hint")) ?? (/\$(?:ARGUMENTS|\d)/.test(body) ? "[arguments]" : ""),
    allowedTools: owner === "user" ? listValue(values.get("allowed-tools")) : [],
    model: textValue(values.get("model")),
    body: body.trim(),
  };
}

/** Paths below the folder, with `/`, sorted; none when there is no such folder. */
async function markdownFiles(folder: string, problems: string[]): Promise<string[]> {
  const found: string[] = [];
  const walk = async (below: string, depth: number): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= most.files) return;
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      // Links are not followed: one could lead out of the project, or round in a circle.
      if (entry.isDirectory() && depth < most.depth) await walk(path, depth + 1);
      else if (entry.isFile() && /\.md$/i.test(entry.name)) found.push(path);
    }
  };
  try {
    await walk("", 1);
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? ""))
      problems.push(`${folder} was not read: ${messageOf(error)}`);
  }
  return found;
}

async function textOf(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > most.bytes) throw new Error(`it has ${size} bytes; at most ${most.bytes} are taken`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
