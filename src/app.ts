/** The composition root. app/ is the only folder that knows every part; front ends get an `OpenApp` and nothing else. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AppOptions, OpenApp } from "./app/contract.ts";
import { markdownCommands, sessionDigest } from "./app/hands.ts";
import { openSession } from "./app/open-session.ts";
import { openParts, type Parts } from "./app/parts.ts";
import { projectServers } from "./app/session-servers.ts";
import type { SettingsDesk } from "./app/settings-desk.ts";
import { shelfOf } from "./app/shelf.ts";
import { messageOf, TauError } from "./core/errors.ts";
import type { SessionId } from "./core/ids.ts";
import { childEnvironment } from "./policy/secrets.ts";
import { outputLimits, sweepOutputs } from "./tools/process/outputs.ts";

/** Reads the settings and stands the parts up; nothing is connected or spawned before it is needed. */
export async function openApp(options: AppOptions): Promise<OpenApp> {
  const parts = await openParts(options);
  return {
    settings: parts.settings,
    paths: parts.paths,
    openSession: (choice, approver = null) => openSession(parts, choice, approver),
    commandEnvironment: childEnvironment(
      options.env,
      parts.settings.settings.environment ?? [],
      parts.secrets,
    ),
    version: options.version,
    redact: (text) => parts.redact.text(text),
    root: parts.root,
    sessions: shelfOf(parts),
    settingsDesk: {
      list: async () => (await desk(parts)).list(),
      write: async (...wish) => (await desk(parts)).write(...wish),
    },
    models: async () => (await import("./app/models.ts")).callableModels(parts),
    prompts: (filter) => parts.ledger.store.prompts(filter),
    prompt: (sessionId, entryId) => parts.ledger.store.prompt(sessionId, entryId),
    recentSessions: (limit) => parts.ledger.store.list({ limit }),
    sessionDigest: (id) => sessionDigest(parts, id),
    markdownCommands: () => markdownCommands(parts),
    mcp: () => projectServers(parts),
    async outputSchema(path) {
      let text: string;
      try {
        text = readFileSync(resolve(options.cwd, path), "utf8");
      } catch (error) {
        throw new TauError(
          "config",
          `cannot read ${path}: ${messageOf(error)}`,
          "tau exec --output-schema FILE",
        );
      }
      const { compileOutputSchema } = await import("./agent/compile-output-schema.ts");
      try {
        return compileOutputSchema(text);
      } catch (error) {
        const what = `${path} is not a usable JSON Schema: ${messageOf(error)}`;
        throw new TauError("config", what, "correct the schema file");
      }
    },
    async close() {
      for (const session of [...parts.open]) await session.close();
      await (await parts.mcp)?.close();
      await parts.transport.close();
      await sweep(parts);
      await parts.ledger.store.close();
    },
  };
}

/** Housekeeping at the end of a run, when everything has been said. */
async function sweep({ outputs, ledger, options }: Parts): Promise<void> {
  const exists = async (id: string) => (await ledger.store.get(id as SessionId)) !== null;
  await sweepOutputs({ root: outputs, now: options.now, exists, limits: outputLimits });
}

/** Its code is loaded when a setting is first looked at. */
const desk = async (parts: Parts): Promise<SettingsDesk> =>
  (await import("./app/settings-desk.ts")).settingsDesk(parts);
