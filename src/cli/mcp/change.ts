/** `tau mcp allow`, `add` and `remove`. */
import { join } from "node:path";
import * as z from "zod";
import { editSettings } from "../../config/edit-settings.ts";
import { TauError } from "../../core/errors.ts";
import type { Json } from "../../core/message.ts";
import { ownPaths } from "../ledger.ts";
import { print } from "../print/streams.ts";
import { viewOf, withServers } from "./here.ts";

const addOptions = z.object({
  url: z.string().optional(),
  env: z.array(z.string()).default([]),
  header: z.array(z.string()).default([]),
  tools: z.string().optional(),
});

/** Shows exactly what would be started, and remembers a yes for as long as the entry stays. */
export async function allowServer(name: string, options: object): Promise<void> {
  await withServers(async (mcp) => {
    const view = viewOf(mcp, name);
    print(`${name}, from ${view.place}:\n${view.description.replace(/^/gm, "  ")}`);
    const yes = "yes" in options && options.yes === true;
    if (!yes && !(await saidYes(name))) return print("not allowed");
    await mcp?.allow(name);
    print(`${name} may be started in this project from now on, until its entry changes`);
  });
}

async function saidYes(name: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new TauError(
      "usage",
      "nobody is there to ask",
      `tau mcp allow ${name} --yes, once you have read it`,
    );
  const { confirm } = await import("@inquirer/prompts");
  return await confirm({ message: "May Tau start it in this project?", default: false });
}

/** Adds a server to the user's settings. What is wrong with it is told and nothing is written. */
export async function addServer(name: string, command: readonly string[], raw: object): Promise<void> {
  const { url, env, header, tools } = addOptions.parse(raw);
  const [program, ...args] = command;
  if ((program === undefined) === (url === undefined))
    throw new TauError(
      "usage",
      "a server is either a command or a --url",
      `tau mcp add ${name} -- npx -y some-server`,
    );
  const server: Json = {
    ...(program !== undefined && { command: program, ...(args.length > 0 && { args }) }),
    ...(url !== undefined && { url }),
    ...(env.length > 0 && { env: pairs(env, "=") }),
    ...(header.length > 0 && { headers: pairs(header, ":") }),
    ...(tools !== undefined && { tools: tools.split(",").map((tool) => tool.trim()) }),
  };
  const path = join(ownPaths().config, "config.json");
  await editSettings(path, [{ steps: ["mcpServers", name], value: server }], Date.now);
  print(`${name} stands in ${path}; tau mcp check ${name} starts it once and lists its tools`);
}

/** Takes it out again. */
export async function removeServer(name: string): Promise<void> {
  await withServers(async (mcp) => {
    const { owner, place } = viewOf(mcp, name);
    if (owner === "project")
      throw new TauError("usage", `${name} stands in ${place}, which is the project's`, "take it out there");
    const path = join(ownPaths().config, "config.json");
    await editSettings(path, [{ steps: ["mcpServers", name], value: undefined }], Date.now);
    print(`${name} is out of ${path}`);
  });
}

function pairs(texts: readonly string[], mark: "=" | ":"): { [name: string]: string } {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(mark);
      if (at <= 0) throw new TauError("usage", `${text} has no ${mark} between name and value`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}
