/** `tau config list`: the settings in force here, and where each comes from. */
import * as z from "zod";
import { defaultContextFileBytes } from "../agent/context-files.ts";
import { defaultRunSettings } from "../agent/run.ts";
import { readCredentials } from "../config/credentials.ts";
import { type EffectiveSetting, effectiveSettings } from "../config/effective.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import type { Settings } from "../config/settings.ts";
import { TauError } from "../core/errors.ts";
import { defaultModel } from "../providers/default-model.ts";
import { workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { table } from "./table.ts";

const options = z.object({ origin: z.boolean().default(false), json: z.boolean().default(false) });

/** Prints the settings a run in this folder would have. */
export async function runConfig(action: string, raw: object): Promise<void> {
  if (action !== "list")
    throw new TauError(
      "usage",
      `there is no action "${action}"`,
      "tau config list, or tau config list --origin",
    );
  const { origin, json } = options.parse(raw);
  const paths = ownPaths();
  const loaded = await loadSettings(paths, projectRoot(workingFolder()), process.env, {});
  const { settings } = loaded;
  const set = effectiveSettings(loaded);
  const model =
    settings.model ?? defaultModel(process.env, await readCredentials(paths), settings.providers ?? {});
  const all = [
    ...set.filter(({ ignored }) => !ignored),
    ...builtIn(settings, model).filter(({ key }) => !set.some((one) => one.key === key && !one.ignored)),
    ...set.filter(({ ignored }) => ignored),
  ];
  if (json) return print(JSON.stringify(all));
  const rows = all.map(({ key, value, layer, place, ignored }) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
    ...(origin ? [`${layer}${place === null ? "" : ` ${place}`}`] : []),
    ignored ? "(ignored: a project's file can only tighten)" : "",
  ]);
  const titles = ["setting", "value", ...(origin ? ["from"] : []), ""];
  print(
    table(
      titles.map((title) => ({ title })),
      rows,
    ).join("\n"),
  );
}

/** What holds where nothing is set, as far as it is one value. */
function builtIn(settings: Settings, model: string | null): EffectiveSetting[] {
  const { maxSteps, cacheTtl, compactAt, retry } = defaultRunSettings;
  const values = {
    ...(model !== null && { model }),
    mode: "ask",
    "limits.steps": maxSteps,
    onLimit: settings.fallback?.length ? "fallback" : "exit",
    "retry.attempts": retry.maxAttempts,
    "retry.baseDelaySeconds": retry.baseDelayMs / 1000,
    "retry.maxSeconds": retry.maxElapsedMs / 1000,
    cacheTtl,
    compactAt,
    contextFileBytes: defaultContextFileBytes,
  };
  return Object.entries(values).map(([key, value]) => ({ key, value, layer: "built-in", place: null }));
}
