/** The settings of this process and folder. */
import {
  type SettingsGround,
  type SettingsHere,
  settingsHere as settingsOf,
} from "../../app/settings-here.ts";
import { projectRoot } from "../../config/project.ts";
import { workingFolder } from "../folder.ts";
import { ownPaths } from "../ledger.ts";

/** Where a command looks settings up. `profile` is the command line's. */
export function ground(profile: string | undefined): SettingsGround {
  return {
    paths: ownPaths(),
    root: projectRoot(workingFolder()),
    env: process.env,
    flags: profile === undefined ? {} : { profile },
  };
}

/** The settings a run in this folder would have. */
export const settingsHere = (profile: string | undefined): Promise<SettingsHere> =>
  settingsOf(ground(profile));
