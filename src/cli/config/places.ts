/** Which settings file a command is about. */
import { join } from "node:path";
import { projectRoot } from "../../config/project.ts";
import { TauError } from "../../core/errors.ts";
import { workingFolder } from "../folder.ts";
import { ownPaths } from "../ledger.ts";

/** The options that choose one; none is the user's own. */
export type PlaceOptions = { project?: boolean; local?: boolean; profile?: string };

/** A file, and the part of it that settings are written into. */
export type Place = {
  kind: "user" | "profile" | "project" | "local";
  path: string;
  /** Leads to where the settings stand. */
  within: readonly string[];
};

/** @throws TauError `usage` when several are chosen. */
export function placeOf({ project, local, profile }: PlaceOptions): Place {
  const chosen = [project && "--project", local && "--local", profile !== undefined && "--profile"].filter(
    Boolean,
  );
  if (chosen.length > 1)
    throw new TauError("usage", `${chosen.join(" and ")} name different places`, "give one");
  if (project || local) {
    const name = project ? "config.json" : "config.local.json";
    const path = join(projectRoot(workingFolder()), ".tau", name);
    return { kind: project ? "project" : "local", path, within: [] };
  }
  const path = join(ownPaths().config, "config.json");
  return profile === undefined
    ? { kind: "user", path, within: [] }
    : { kind: "profile", path, within: ["profiles", profile] };
}
