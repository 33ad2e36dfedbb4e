/** A session's view of MCP servers that there are; see session-servers.ts. */
import { TauError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import type { OfferedTool } from "../core/tool.ts";
import { promptInput, promptParts } from "../extensions/mcp/prompt.ts";
import { resourceParts } from "../extensions/mcp/resource.ts";
import { targets } from "../policy/rule.ts";
import { outputsOf } from "../tools/process/outputs.ts";
import type { McpServers } from "./mcp.ts";
import type { Parts } from "./parts.ts";
import type { Reader, SessionServers } from "./session-servers.ts";

/** Longest wait of a step for tools that just changed, ms: a slow server's come with the step after. */
const catchUpMs = 2_000;

/** Makes it. */
export function serversInSession(mcp: McpServers, parts: Parts, id: SessionId): SessionServers {
  const { servers } = mcp;
  const folder = outputsOf(parts.outputs, id);
  const told = new Set<string>();
  let begun = false;
  let kept: { version: number; tools: readonly OfferedTool[] } | null = null;
  let attached = 0;
  const keep = () => {
    attached += 1;
    return { folder, name: `mcp-attached-${parts.options.now()}-${attached}` };
  };
  const news = (): string[] => {
    const fresh = [...mcp.problems, ...servers.warnings()].filter((text) => !told.has(text));
    for (const text of fresh) told.add(text);
    return fresh.map(parts.redact.text);
  };
  return {
    tools() {
      if (kept?.version !== servers.version)
        kept = { version: servers.version, tools: servers.tools(folder) };
      return kept.tools;
    },
    settle: (signal) => mcp.settle(signal),
    catchUp: (signal) => servers.catchUp(catchUpMs, signal),
    news,
    notes(changed) {
      const texts = news();
      // The first turn begins the cache in any case.
      if (changed && begun)
        texts.push(
          "The tools of MCP servers changed: the model is told of them anew, and the prompt cache begins anew.",
        );
      begun = true;
      return texts.map((text) => ({ type: "note", level: "warning", code: "mcp", text }));
    },
    async attach(reader, wish, signal) {
      const server = servers.byKey(wish.server);
      if (server === null)
        throw new TauError("usage", `there is no MCP server ${wish.server}`, "/mcp lists them");
      refuseForbidden(reader, `mcp__${wish.server}__resources`);
      const read = resourceParts(wish, await server.read(wish.uri, signal), keep());
      return reader.redaction.data("your message", read);
    },
    async prompt(reader, command, argument, signal) {
      const named = await servers.promptNamed(command, signal);
      refuseForbidden(reader, `mcp__${named.key}__prompts`);
      const input = promptInput(named, argument);
      const messages = (await servers.get(named.server)?.prompt(named.prompt.name, input, signal)) ?? [];
      return reader.redaction.data("your message", promptParts(messages, keep()));
    },
  };
}

/** A rule that forbids a server, or a part of it, forbids what it would say, too. @throws TauError `denied` */
function refuseForbidden({ permissions }: Reader, name: string): void {
  const call = { name, access: "network" as const };
  const rule = permissions.rules.find((one) => one.effect === "deny" && targets(one, call));
  if (rule)
    throw new TauError(
      "denied",
      `the rule ${rule.text} (${rule.source}) forbids it`,
      "/permissions lists them",
    );
}
