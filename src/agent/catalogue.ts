/** The model catalogue of a provider as this user has it: the shipped one under what was refreshed into the data folder. */
import { join } from "node:path";
import type { TauPaths } from "../config/paths.ts";
import { readText } from "../config/read-text.ts";
import type { ProviderCatalogue } from "../models/catalogue.ts";
import { loadCatalogue } from "../models/load.ts";

/**
 * Opens a provider's catalogue.
 * @throws TauError `config` when the refreshed file is damaged.
 */
export function openCatalogue(provider: string, paths: TauPaths): Promise<ProviderCatalogue> {
  return loadCatalogue(provider, async (name) => readText(join(paths.data, "models", `${name}.json`)));
}
