/** The settings a run in a folder would have, one by one, what is built in among them. */
import { defaultContextFileBytes } from "../agent/context-files.ts";
import { defaultRunSettings } from "../agent/run.ts";
import { readCredentials } from "../config/credentials.ts";
import { type EffectiveSetting, effectiveSettings } from "../config/effective.ts";
import { type LoadedSettings, loadSettings } from "../config/load.ts";
import type { Environment, TauPaths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import { defaultModel } from "../providers/default-model.ts";

/** Where settings are looked up. */
export type SettingsGround = {
  paths: TauPaths;
  /** The project's root folder. */
  root: string;
  env: Environment;
  /** The strongest layer: what stands on the command line. */
  flags: Settings;
};

/** What holds, and what a project's file says that does not. */
export type SettingsHere = {
  loaded: LoadedSettings;
  inForce: EffectiveSetting[];
  ignored: EffectiveSetting[];
};

/** Looks them up. @throws TauError `config` for a file that is wrong */
export async function settingsHere({ paths, root, env, flags }: SettingsGround): Promise<SettingsHere> {
  const loaded = await loadSettings(paths, root, env, flags);
  const { settings } = loaded;
  const set = effectiveSettings(loaded);
  const inForce = set.filter(({ ignored }) => !ignored);
  const model = settings.model ?? defaultModel(env, await readCredentials(paths), settings.providers ?? {});
  const rest = builtIn(settings, model).filter(({ key }) => !inForce.some((one) => one.key === key));
  return { loaded, inForce: [...inForce, ...rest], ignored: set.filter(({ ignored }) => ignored) };
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
