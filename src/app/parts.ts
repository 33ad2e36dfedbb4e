/** What all sessions of the app share. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Credentials, readCredentials } from "../config/credentials.ts";
import { type LoadedSettings, loadSettings } from "../config/load.ts";
import { type TauPaths, tauPaths } from "../config/paths.ts";
import { projectRoot } from "../config/project.ts";
import { EgressLog } from "../core/egress.ts";
import { TauError } from "../core/errors.ts";
import { type Ids, idSource } from "../core/ids.ts";
import { collectRules } from "../policy/collect.ts";
import { type LearningRedactor, learningRedactor } from "../policy/redactor.ts";
import type { Rule } from "../policy/rule.ts";
import { Breakers } from "../providers/breaker.ts";
import { knownSecrets } from "../providers/known-secrets.ts";
import { openTransport, type Transport } from "../providers/transport/open.ts";
import { type Ledger, openLedger } from "../sessions/ledger.ts";
import { thisProcess } from "../sessions/process.ts";
import { outputsFolder } from "../tools/process/outputs.ts";
import { type ShellReader, shellReader } from "../tools/shell-reader.ts";
import type { AppOptions, OpenSession } from "./contract.ts";
import type { McpServers } from "./mcp.ts";

/** The parts. They outlive the sessions. */
export type Parts = {
  options: AppOptions;
  paths: TauPaths;
  /** The project's root. */
  root: string;
  settings: LoadedSettings;
  /** Of the settings and the command line. */
  rules: readonly Rule[];
  credentials: Credentials;
  /** Every credential value Tau knows. */
  secrets: readonly string[];
  /** Takes them out of texts. */
  redact: LearningRedactor;
  transport: Transport;
  egress: EgressLog;
  ledger: Ledger;
  ids: Ids;
  breakers: Breakers;
  /** Reads shell commands; one parser for all sessions. */
  reader: ShellReader;
  /** Where full outputs of commands are kept, a folder a session. */
  outputs: string;
  /** Sessions not yet closed. */
  open: Set<OpenSession>;
  /** The project's MCP servers, once somebody asked for them. */
  mcp: Promise<McpServers | null> | null;
};

/** Reads the settings and opens the ledger; nothing is connected or spawned before it is needed. */
export async function openParts(options: AppOptions): Promise<Parts> {
  const { cwd, env, home, now } = options;
  if (!existsSync(cwd) || !statSync(cwd).isDirectory())
    throw new TauError("usage", `${cwd} is not a folder`, "choose one with -C");
  const paths = tauPaths(env, home);
  const root = projectRoot(cwd);
  const settings = await loadSettings(paths, root, env, options.flags);
  const rules = collectRules(settings.layers, options.rules);
  const credentials = await readCredentials(paths);
  const secrets = knownSecrets(env, credentials, settings.settings.providers ?? {});
  const redact = learningRedactor(secrets);
  const egress = new EgressLog();
  const transport = openTransport({ ...options, redact: redact.text, contacted: egress.contacted });
  const ledger = await openLedger({ path: join(paths.data, "tau.db"), now, processInfo: thisProcess() });
  return {
    options,
    paths,
    root,
    settings,
    rules,
    credentials,
    secrets,
    redact,
    transport,
    egress,
    ledger,
    ids: idSource(now, options.random),
    breakers: new Breakers(now),
    reader: shellReader(options.grammar, now),
    outputs: join(paths.state, outputsFolder),
    open: new Set(),
    mcp: null,
  };
}
