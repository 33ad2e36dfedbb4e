/** The tools Tau ships, in the order the model sees them: fixed, because the tool list is part of the cached prefix.
 * offer.ts loads this when the first of them is called. */
import type { Clock } from "../core/ids.ts";
import type { Tool } from "../core/tool.ts";
import { makeApplyPatchTool } from "./apply-patch.ts";
import { bashTool } from "./bash.ts";
import { makeEditTool } from "./edit.ts";
import { FileState, type SeenFile } from "./file-state.ts";
import { makeGlobTool } from "./glob.ts";
import { makeGrepTool } from "./grep.ts";
import { jobsTool } from "./jobs.ts";
import { makeLsTool } from "./ls.ts";
import { PathLocks } from "./path-lock.ts";
import type { ProcessHost } from "./process/client.ts";
import { makeReadTool } from "./read.ts";
import { SharedLock } from "./shared-lock.ts";
import { makeTodoTool } from "./todo.ts";
import { type Network, publicNetwork } from "./web/get.ts";
import { webFetchTool } from "./web-fetch.ts";
import { makeWriteTool } from "./write.ts";

/** What the tools need of the world. */
export type ToolsetParts = {
  host: ProcessHost;
  shell: string;
  /** What commands may see of the environment. */
  environment: { readonly [name: string]: string };
  now: Clock;
  /** The file whose lock keeps other processes of Tau from changing files at the same moment. */
  lockPath: string;
  /** Told of each host as a request leaves for it. */
  contacted(host: string): void;
  /** Hosts pages may be fetched from over plain http. */
  httpHosts: readonly string[];
  /** What leads a page's request through its proxy; see `Network` in web/get.ts. */
  proxied: Network["proxied"];
  /** Files an earlier run of the session read or wrote, as they were then: what a resumed one may edit unread. */
  seen: readonly SeenFile[];
};

/** Makes the tools of one session; what they remember of files is theirs alone. */
export function makeToolset({
  host,
  shell,
  environment,
  now,
  lockPath,
  contacted,
  httpHosts,
  proxied,
  seen,
}: ToolsetParts): Tool[] {
  const files = new FileState();
  for (const file of seen) files.record(file);
  const others = new SharedLock(lockPath);
  const locks = new PathLocks((work) => others.hold(work));
  const env = { ...environment };
  return [
    makeReadTool({ files }),
    makeLsTool(),
    makeGlobTool({ env }),
    makeGrepTool({ env }),
    makeEditTool({ files, locks }),
    makeWriteTool({ files, locks }),
    makeApplyPatchTool({ files, locks }),
    bashTool({ host, shell, environment, now }),
    jobsTool({ host, now }),
    webFetchTool({ httpHosts, contacted, network: publicNetwork(proxied) }),
    makeTodoTool(),
  ];
}
