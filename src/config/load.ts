/** Reads the settings layers, weakest first, and remembers which one won. */
import { join } from "node:path";
import type { Mode } from "../core/permission.ts";
import { readApprovals } from "./approvals.ts";
import { readManaged } from "./managed.ts";
import type { Environment, TauPaths } from "./paths.ts";
import { profileInForce, profileNamed, withProfile } from "./profile.ts";
import { type IgnoredSetting, tightened, tighterMode } from "./project-settings.ts";
import type { Settings } from "./settings.ts";
import { readSettingsFile, type SettingsFile } from "./settings-file.ts";
import type { Steps } from "./settings-steps.ts";

/** Where a layer came from, as `tau config` and error messages name it. */
export type Origin = {
  layer: "user" | "profile" | "approvals" | "project" | "local" | "environment" | "flags" | "managed";
  path?: string;
};

/** One layer: the settings that count of it, and where they stand. */
export type Layer = {
  origin: Origin;
  settings: Settings;
  /** All that is written in a project's file, of which only what tightens counts. */
  written?: Settings;
  /** What of it does not count. */
  ignored?: readonly IgnoredSetting[];
  /** `file:line:column` of a value; only of files. */
  placeOf?(steps: Steps): string;
};

/** The merged settings and the layers they came from, weakest first. */
export type LoadedSettings = {
  settings: Settings;
  layers: Layer[];
  /** The freest mode this machine's policy permits, and where it says so. */
  freest?: { mode: Mode; place: string; wished: Mode };
};

/**
 * Loads user `config.json`, the profile of it that is in force, project `.tau/config.json`, `.tau/config.local.json`,
 * what the user approved for this project, then the environment and flags. The project's files may only tighten: see project-settings.ts.
 * @throws TauError `config` naming the file, the line or the path inside it that is wrong.
 */
export async function loadSettings(
  paths: TauPaths,
  projectRoot: string,
  env: Environment,
  flags: Settings,
): Promise<LoadedSettings> {
  const files: (Origin & { path: string })[] = [
    { layer: "user", path: join(paths.config, "config.json") },
    { layer: "project", path: join(projectRoot, ".tau", "config.json") },
    { layer: "local", path: join(projectRoot, ".tau", "config.local.json") },
  ];
  const layers: Layer[] = [];
  for (const origin of files) {
    const file = await readSettingsFile(origin.path);
    if (origin.layer === "user") layers.push(...usersLayers(file, origin, env, flags));
    else if (file) {
      const { settings: written, placeOf } = file;
      layers.push({ origin, ...tightened(written, mergeLayers(layers)), written, placeOf });
    }
  }
  const approvals = await readApprovals(paths, projectRoot);
  if (approvals) {
    const { path, allow } = approvals;
    layers.push({
      origin: { layer: "approvals", path },
      settings: { permissions: { allow } },
      placeOf: () => path,
    });
  }
  layers.push({ origin: { layer: "environment" }, settings: environmentLayer(env) });
  layers.push({ origin: { layer: "flags" }, settings: flags });
  const managed = paths.managed === undefined ? null : await readManaged(paths.managed);
  if (managed === null || paths.managed === undefined) return { settings: mergeLayers(layers), layers };
  const { settings: own, placeOf, freest } = managed;
  layers.push({ origin: { layer: "managed", path: paths.managed.path }, settings: own, placeOf });
  const settings = mergeLayers(layers);
  if (freest === null) return { settings, layers };
  const { mode: wished = "ask" } = settings;
  return {
    settings: { ...settings, mode: tighterMode(wished, freest) },
    layers,
    freest: { mode: freest, place: placeOf(["mode"]), wished },
  };
}

/** What the user's file says, and over it the profile of it that is in force. */
function usersLayers(
  file: SettingsFile | null,
  origin: Origin & { path: string },
  env: Environment,
  flags: Settings,
): Layer[] {
  const { settings = {}, placeOf = () => origin.path } = file ?? {};
  const name = profileInForce(settings, env, flags);
  const profile = name === null ? null : profileNamed(name, settings, origin.path);
  return [
    ...(file ? [{ origin, settings, placeOf }] : []),
    ...(name === null || profile === null
      ? []
      : [
          {
            origin: { ...origin, layer: "profile" as const },
            settings: profile,
            placeOf: (steps: Steps) => placeOf(["profiles", name, ...steps]),
          },
        ]),
  ];
}

/** What the layers come to together, weakest first. */
export const mergeLayers = (layers: readonly Layer[]): Settings =>
  layers.reduce<Settings>(
    (weak, { origin, settings }) =>
      origin.layer === "profile"
        ? withProfile(mergeSettings(weak, settings), weak, settings)
        : mergeSettings(weak, settings),
    {},
  );

/** A sentence for each file of the project that sets what does not count, so that nobody wonders. */
export function ignoredNotes({ layers, freest }: LoadedSettings): string[] {
  const held =
    freest === undefined || tighterMode(freest.wished, freest.mode) === freest.wished
      ? []
      : [
          `This machine's policy permits mode ${freest.mode} at most (${freest.place}); ${freest.wished} was wished for.`,
        ];
  return held.concat(
    layers.flatMap(({ origin, ignored = [] }) => {
      if (ignored.length === 0) return [];
      const keys = ignored.map(({ key, why }) => `${key} (${why})`).join(", ");
      return [
        `Not taken from ${origin.path}, as a project can only tighten: ${keys}. Set it in your own config.json.`,
      ];
    }),
  );
}

function environmentLayer(env: Environment): Settings {
  const { TAU_MODEL: model, TAU_PROFILE: profile } = env;
  return { ...(model && { model }), ...(profile && { profile }) };
}

const union = (a: string[] | undefined, b: string[] | undefined): string[] | undefined =>
  a || b ? [...(a ?? []), ...(b ?? [])] : undefined;

/** Later layers win; lists of rules and tools add up; caps and limits keep the tighter figure. */
export function mergeSettings(weak: Settings, strong: Settings): Settings {
  const merged: Settings = { ...weak, ...strong };
  const permissions = mergePermissions(weak.permissions, strong.permissions);
  if (permissions) merged.permissions = permissions;
  const budgets = mergeBudgets(weak.budgets, strong.budgets);
  if (budgets) merged.budgets = budgets;
  if (weak.limits || strong.limits) {
    const steps = least(weak.limits?.steps, strong.limits?.steps);
    const turnSeconds = least(weak.limits?.turnSeconds, strong.limits?.turnSeconds);
    merged.limits = {
      ...(steps !== undefined && { steps }),
      ...(turnSeconds !== undefined && { turnSeconds }),
    };
  }
  const disabledTools = union(weak.disabledTools, strong.disabledTools);
  if (disabledTools) merged.disabledTools = disabledTools;
  const environment = union(weak.environment, strong.environment);
  if (environment) merged.environment = environment;
  if (weak.providers || strong.providers) merged.providers = { ...weak.providers, ...strong.providers };
  if (weak.mcpServers || strong.mcpServers) merged.mcpServers = { ...weak.mcpServers, ...strong.mcpServers };
  if (weak.models || strong.models) merged.models = { ...weak.models, ...strong.models };
  return merged;
}

function mergePermissions(
  weak: Settings["permissions"],
  strong: Settings["permissions"],
): Settings["permissions"] {
  if (!weak || !strong) return weak ?? strong;
  const allow = union(weak.allow, strong.allow);
  const ask = union(weak.ask, strong.ask);
  const deny = union(weak.deny, strong.deny);
  const preset = strong.preset ?? weak.preset;
  return {
    ...(preset && { preset }),
    ...(allow && { allow }),
    ...(ask && { ask }),
    ...(deny && { deny }),
  };
}

function mergeBudgets(weak: Settings["budgets"], strong: Settings["budgets"]): Settings["budgets"] {
  if (!weak || !strong) return weak ?? strong;
  const merged: NonNullable<Settings["budgets"]> = { ...weak };
  for (const scope of ["run", "session", "day", "project"] as const) {
    const a = weak[scope];
    const b = strong[scope];
    if (!a && !b) continue;
    const dollars = least(a?.usd, b?.usd);
    const tokens = least(a?.tokens, b?.tokens);
    merged[scope] = {
      ...(dollars !== undefined && { usd: dollars }),
      ...(tokens !== undefined && { tokens }),
    };
  }
  return merged;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
