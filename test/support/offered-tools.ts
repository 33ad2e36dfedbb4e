/** Tools as a session has them. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { specOf } from "../../scripts/tool-specs.ts";
import type { OfferedTool, Tool } from "../../src/core/tool.ts";
import { offerRecall, offerTools } from "../../src/tools/offer.ts";
import { ProcessHost } from "../../src/tools/process/client.ts";

/** Tau's own tools; they touch nothing before they are run. */
export function offeredTools(disabled: readonly string[] = []): {
  toolset: OfferedTool[];
  recall: OfferedTool;
} {
  const toolset = offerTools(
    {
      // Nothing is spawned before a command runs.
      host: new ProcessHost({
        helperPath: "/nowhere",
        nodePath: "/nowhere",
        hostId: "0123456789abcdef0123",
        stateDir: "/nowhere",
        spillDir: "/nowhere",
        env: {},
        now: () => 0,
      }),
      shell: "/bin/bash",
      environment: {},
      now: () => 0,
      lockPath: join(tmpdir(), "tau-offered-tools-lock"),
      contacted: () => undefined,
      httpHosts: [],
      proxied: () => null,
      seen: [],
    },
    disabled,
  );
  return { toolset, recall: offerRecall({ entries: async function* () {} }) };
}

/** A tool of a test as sessions take it. */
export function offered(tool: Tool): OfferedTool {
  return { spec: specOf(tool), load: async () => tool };
}
