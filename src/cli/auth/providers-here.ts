/** The providers of this folder's settings. */
import { loadSettings } from "../../config/load.ts";
import { projectRoot } from "../../config/project.ts";
import { type ProvidersSettings, providers } from "../../providers/registry.ts";
import { workingFolder } from "../folder.ts";
import { ownPaths } from "../ledger.ts";

/** The settings' own entries, and the ids of all there are, built in ones first. */
export async function providersHere(
  profile: string | undefined,
): Promise<{ custom: ProvidersSettings; ids: string[] }> {
  const flags = profile === undefined ? {} : { profile };
  const { settings } = await loadSettings(ownPaths(), projectRoot(workingFolder()), process.env, flags);
  const custom = settings.providers ?? {};
  return { custom, ids: [...new Set([...providers.map(({ id }) => id), ...Object.keys(custom)])] };
}
