/** Profiles: named settings in the user's config.json, laid over the rest of that file when one is chosen. */
import { TauError } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import { ownValue } from "../core/own.ts";
import { noProfile } from "./defaults.ts";
import type { Environment } from "./paths.ts";
import type { Settings } from "./settings.ts";

/** The profile that is chosen, strongest first: `--profile`, `TAU_PROFILE`, the file's own `profile`; null for none. */
export function profileInForce(user: Settings, env: Environment, flags: Settings): string | null {
  const name = flags.profile || env.TAU_PROFILE || user.profile;
  return name === undefined || name === "" || name === noProfile ? null : name;
}

/**
 * The settings of a profile.
 * @throws TauError `config` when there is none of that name, with the nearest there are
 */
export function profileNamed(name: string, { profiles = {} }: Settings, path: string): Settings {
  const profile = ownValue(profiles, name);
  if (profile !== undefined) return profile;
  const names = Object.keys(profiles);
  const near = nearestNames(name, names);
  const known =
    names.length === 0
      ? `${path} has none; make it: tau onboard --profile ${name}`
      : near.length > 0
        ? `did you mean ${near.join(" or ")}?`
        : `there are ${names.join(", ")}; make another: tau onboard --profile ${name}`;
  throw new TauError("config", `there is no profile "${name}"`, known);
}

/**
 * Both files are the user's own word, so a profile may raise a cap or a limit of the settings below it, which between
 * other layers only goes down.
 */
export function withProfile(merged: Settings, below: Settings, profile: Settings): Settings {
  const budgets = { ...below.budgets };
  for (const scope of ["run", "session", "day", "project"] as const) {
    const own = profile.budgets?.[scope];
    if (own) budgets[scope] = { ...below.budgets?.[scope], ...own };
  }
  return {
    ...merged,
    ...(merged.budgets && { budgets }),
    ...(merged.limits && { limits: { ...below.limits, ...profile.limits } }),
  };
}
