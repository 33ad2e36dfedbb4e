/** `tau mcp list`, `get` and `check`. */
import { messageOf } from "../../core/errors.ts";
import { otherServers } from "../../extensions/mcp/other-agents.ts";
import type { ServerView } from "../../extensions/mcp/views.ts";
import { homeFolder } from "../folder.ts";
import { print, say } from "../print/streams.ts";
import { table } from "../table.ts";
import { viewOf, withServers } from "./here.ts";

const wantsJson = (options: object): boolean => "json" in options && options.json === true;
const asData = ({ log: _, ...view }: ServerView) => view;

/** All servers; those of other agents by name only, for nothing is taken from them. */
export async function listServers(options: object): Promise<void> {
  await withServers(async (mcp) => {
    const views = mcp?.views() ?? [];
    const others = otherServers(homeFolder());
    if (wantsJson(options)) return print(JSON.stringify({ servers: views.map(asData), others }));
    for (const problem of mcp?.problems ?? []) say(`tau: ${problem}`);
    if (views.length === 0) print("no MCP servers here: tau mcp add NAME -- COMMAND makes one");
    else {
      const columns = [
        { title: "server" },
        { title: "state" },
        { title: "tools", right: true },
        { title: "tokens", right: true },
        { title: "from" },
      ];
      print(table(columns, views.map(rowOf)).join("\n"));
      const sum = views.reduce((total, { tokens }) => total + tokens, 0);
      if (sum > 0) print(`about ${sum.toLocaleString("en-US")} tokens of every request`);
    }
    for (const { agent, names } of others) print(`not used, of ${agent}: ${names.join(", ")}`);
  });
}

function rowOf({ name, status, tools, tokens, place }: ServerView): string[] {
  const offered = tools?.filter((tool) => tool.offered).length ?? 0;
  const count =
    tools === null ? "?" : offered === tools.length ? `${offered}` : `${offered} of ${tools.length}`;
  return [name, status, count, tools === null ? "?" : tokens.toLocaleString("en-US"), place];
}

/** One server, whole. */
export async function showServer(name: string, options: object): Promise<void> {
  await withServers(async (mcp) => {
    const view = viewOf(mcp, name);
    if (wantsJson(options)) return print(JSON.stringify(asData(view)));
    print(describe(view));
  });
}

/** Starts servers and says what came of it. Sets the exit code when one fails. */
export async function checkServers(name: string | undefined): Promise<void> {
  await withServers(async (mcp) => {
    const views = name === undefined ? (mcp?.views() ?? []) : [viewOf(mcp, name)];
    if (views.length === 0) print("no MCP servers here");
    for (const view of views) {
      try {
        await mcp?.servers.get(view.name)?.learn(new AbortController().signal);
        print(describe(viewOf(mcp, view.name)));
      } catch (error) {
        process.exitCode = 1;
        say(`tau: ${messageOf(error)}`);
        const { log } = viewOf(mcp, view.name);
        if (log.trim() !== "") say(`what it wrote:\n${log.trimEnd()}`);
      }
    }
  });
}

function describe(view: ServerView): string {
  const { name, key, status, problem, place, description, tools, tokens, resources, prompts } = view;
  return [
    `${name}: ${status}${problem === null ? "" : `, ${problem}`}`,
    `from ${place}; rules name it mcp__${key}`,
    ...description.split("\n").map((line) => `  ${line}`),
    tools === null
      ? "its tools are not known yet: tau mcp check starts it"
      : `${tools.length} tools, about ${tokens.toLocaleString("en-US")} tokens of every request`,
    ...(tools ?? []).map((tool) => `  ${tool.name}  ${tool.tokens}${tool.offered ? "" : "  not offered"}`),
    ...(resources > 0 ? [`resources behind @${key}: ${resources}`] : []),
    ...(prompts.length > 0 ? ["prompts, as commands:", ...prompts.map((one) => `  /${one}`)] : []),
  ].join("\n");
}
