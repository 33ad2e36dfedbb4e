/** /mcp: the MCP servers, what each has and why one is not there; starting one anew, switching one off, allowing one. */
import type { McpServers } from "../../app/mcp.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { ServerStatus } from "../../extensions/mcp/server.ts";
import type { ServerView } from "../../extensions/mcp/views.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { clean } from "../view/clean.ts";
import { type Line, plain, wrap } from "../view/line.ts";

/** The commands of this file. */
export const mcpCommands = [
  {
    name: "mcp",
    aliases: [],
    argument: "",
    help: "MCP servers: what each has, why one is not there; reconnect, switch off, allow",
    details:
      "A server that is switched off stays off until Tau ends, for every session in it. A project's server is started once you allowed it, after seeing what would be started.",
    page: "mcp.md",
    whileWorking: true,
    run(place: CommandPlace) {
      const { mcp } = place;
      if (mcp === null || mcp.views().length === 0)
        return [
          ...(mcp?.problems ?? []),
          "there are no MCP servers here: tau mcp add NAME -- COMMAND adds one",
        ].join("\n");
      for (const problem of mcp.problems) place.warn(problem);
      place.open(serversDialog(place, mcp));
      const stop = mcp.servers.watch(() => {
        if (place.store.state.dialog === null) stop();
        else place.redraw();
      });
      return null;
    },
  },
] as const satisfies readonly LocalCommand[];

const words: { readonly [status in ServerStatus]: string } = {
  idle: "starts at its first use",
  starting: "starting",
  ready: "connected",
  failed: "failed",
  gone: "given up",
  disabled: "off",
  "not allowed": "not allowed yet: enter shows what would be started",
};

function serversDialog(place: CommandPlace, mcp: McpServers): Dialog {
  return listDialog<ServerView>({
    title: "MCP servers",
    empty: "no server fits",
    // Asked for at each look: servers come and go while the list is open.
    rows: (query) => {
      const wanted = query.trim().toLowerCase();
      return mcp
        .views()
        .map(serverRow)
        .filter(({ text, detail = "" }) => `${text} ${detail}`.toLowerCase().includes(wanted));
    },
    keys: [
      {
        chord: "ctrl+r",
        help: "reconnects",
        press(view, list) {
          if (view.status === "not allowed") return allowDialog(place, mcp, view);
          void reconnect(place, mcp, view.name);
          return list;
        },
      },
      {
        chord: "ctrl+x",
        help: "turns off or on",
        press(view, list) {
          if (view.status === "not allowed") return allowDialog(place, mcp, view);
          if (view.status === "disabled") void reconnect(place, mcp, view.name);
          else void turnOff(place, mcp, view.name);
          return list;
        },
      },
    ],
    preview: (view, columns, rows) =>
      [view.problem ?? "", view.description, view.log]
        .filter((text) => text.trim() !== "")
        .flatMap((text) => wrap(clean(text.trimEnd()), columns))
        .slice(0, rows)
        .map((row): Line => plain(row, { dim: true })),
    choose(view) {
      if (view.status === "not allowed") return allowDialog(place, mcp, view);
      const text = clean(serverText(view, mcp));
      place.page(`MCP server ${view.name}`, [
        { lines: (columns) => wrap(text, columns).map((row) => plain(row)) },
      ]);
      return serversDialog(place, mcp);
    },
  });
}

/** A server as a row of the list. */
export function serverRow(view: ServerView): ListRow<ServerView> {
  const { name, status, problem } = view;
  const broken = status === "failed" || status === "gone";
  const unusable = status === "disabled" || status === "not allowed";
  return {
    value: view,
    text: `${status === "ready" ? "●" : broken ? "✗" : "○"} ${name}  ${words[status]}`,
    detail: [
      ...(unusable ? [] : [offersText(view)]),
      ...(problem === null ? [] : [problem]),
      ...(view.owner === "project" ? ["this project's"] : []),
    ].join(" · "),
  };
}

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;

function offersText({ tools, tokens, resources, prompts }: ServerView): string {
  if (tools === null) return "not asked yet";
  const offered = tools.filter((tool) => tool.offered).length;
  const some = offered === tools.length ? "" : ` (${offered} offered)`;
  return [
    `${count(tools.length, "tool")}${some}, some ${tokens} tokens of each request`,
    count(resources, "resource"),
    count(prompts.length, "prompt"),
  ].join(" · ");
}

/** All there is to say of a server. */
function serverText(view: ServerView, { servers }: McpServers): string {
  const { name, key, status, problem, place, description, tools, log } = view;
  const resources = servers.resources.filter((one) => one.key === key);
  const prompts = servers.prompts.filter((one) => one.server === name);
  const section = (title: string, rows: readonly string[]): string[] =>
    rows.length === 0 ? [] : ["", title, ...rows.map((row) => `  ${row}`)];
  return [
    `${words[status]}${problem === null ? "" : `: ${problem}`}`,
    `from ${place}; rules name it mcp__${key}`,
    ...description.split("\n").map((line) => `  ${line}`),
    ...section(
      "tools, with the tokens they take of each request",
      (tools ?? []).map((one) => `${one.name}  ${one.tokens}${one.offered ? "" : "  not offered"}`),
    ),
    ...section(
      "resources, behind an @",
      resources.map((one) => `@${key}:${one.uri}  ${one.name}`),
    ),
    ...section(
      "prompts",
      prompts.map((one) => `/${one.command} ${one.usage}  ${one.prompt.description}`),
    ),
    ...section("what it wrote", log.trim() === "" ? [] : log.trimEnd().split("\n").slice(-50)),
  ].join("\n");
}

/** Says exactly what would be started before it asks. */
function allowDialog(
  place: CommandPlace,
  mcp: McpServers,
  { name, place: from, description }: ServerView,
): Dialog {
  place.tell(`${name}, from ${from}, would be started as\n${clean(description).replace(/^/gm, "  ")}`);
  return listDialog<boolean>({
    title: `May Tau start ${name} in this project, until its entry changes?`,
    empty: "",
    rows: [
      { value: false, text: "no" },
      { value: true, text: "yes, now and in later sessions" },
    ],
    choose(yes) {
      if (yes) void allow(place, mcp, name);
      return serversDialog(place, mcp);
    },
  });
}

async function allow(place: CommandPlace, mcp: McpServers, name: string): Promise<void> {
  try {
    await mcp.allow(name);
    await reconnect(place, mcp, name);
  } catch (error) {
    place.warn(messageWithHint(error));
  }
}

async function reconnect({ tell, warn }: CommandPlace, mcp: McpServers, name: string): Promise<void> {
  try {
    await mcp.servers.reconnect(name, new AbortController().signal);
    tell(`the MCP server ${name} is connected`);
  } catch (error) {
    warn(messageWithHint(error));
  }
}

async function turnOff({ tell, warn }: CommandPlace, mcp: McpServers, name: string): Promise<void> {
  try {
    await mcp.servers.turnOff(name);
    tell(`the MCP server ${name} is off until Tau ends: the next request goes without its tools`);
  } catch (error) {
    warn(messageWithHint(error));
  }
}
