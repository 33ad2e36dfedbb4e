/** The MCP servers of the folder the command stands in. */
import type { McpServers } from "../../app/mcp.ts";
import { TauError } from "../../core/errors.ts";
import type { ServerView } from "../../extensions/mcp/views.ts";
import { homeFolder, workingFolder } from "../folder.ts";
import { runtime } from "../runtime.ts";

/** Hands them to `work` and ends what it started; null where there are none. */
export async function withServers<Result>(
  work: (mcp: McpServers | null) => Promise<Result>,
): Promise<Result> {
  const { openApp } = await import("../../app.ts");
  const app = await openApp({
    ...runtime(),
    cwd: workingFolder(),
    env: process.env,
    home: homeFolder(),
    flags: {},
    rules: { allow: [], deny: [] },
  });
  try {
    return await work(await app.mcp());
  } finally {
    await app.close();
  }
}

/** One of them. @throws TauError `usage` when there is none of that name */
export function viewOf(mcp: McpServers | null, name: string): ServerView {
  const view = mcp?.views().find((each) => each.name === name);
  if (view) return view;
  throw new TauError(
    "usage",
    `there is no MCP server ${name}`,
    "tau mcp list names them, tau mcp add makes one",
  );
}
