/** The files that settings are written into. */
import { join } from "node:path";
import type { SettingsGround } from "./settings-here.ts";

/** A file, and the part of it that settings are written into. */
export type SettingsPlace = {
  kind: "user" | "profile" | "project" | "local";
  path: string;
  /** Leads to where the settings stand. */
  within: readonly string[];
};

/** The user's own file, or a profile in it. */
export function ownPlace({ paths }: Pick<SettingsGround, "paths">, profile: string | null): SettingsPlace {
  const path = join(paths.config, "config.json");
  return profile === null
    ? { kind: "user", path, within: [] }
    : { kind: "profile", path, within: ["profiles", profile] };
}

/** A file of the project. */
export function projectPlace(
  { root }: Pick<SettingsGround, "root">,
  kind: "project" | "local",
): SettingsPlace {
  const name = kind === "project" ? "config.json" : "config.local.json";
  return { kind, path: join(root, ".tau", name), within: [] };
}
