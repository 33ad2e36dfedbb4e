/** Which settings file a command is about. */
import { ownPlace, projectPlace, type SettingsPlace } from "../../app/settings-place.ts";
import { TauError } from "../../core/errors.ts";
import { ground } from "./here.ts";

/** The options that choose one; none is the user's own. */
export type PlaceOptions = { project?: boolean; local?: boolean; profile?: string };

/** @throws TauError `usage` when several are chosen. */
export function placeOf({ project, local, profile }: PlaceOptions): SettingsPlace {
  const chosen = [project && "--project", local && "--local", profile !== undefined && "--profile"].filter(
    Boolean,
  );
  if (chosen.length > 1)
    throw new TauError("usage", `${chosen.join(" and ")} name different places`, "give one");
  const here = ground(undefined);
  return project || local
    ? projectPlace(here, project ? "project" : "local")
    : ownPlace(here, profile ?? null);
}
