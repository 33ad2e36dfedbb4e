/** The model catalogue of a provider as this user has it: the shipped one under what was refreshed into the data folder. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TauPaths } from "../config/paths.ts";
import { systemCode } from "../core/errors.ts";
import type { ProviderCatalogue } from "../models/catalogue.ts";
import { loadCatalogue } from "../models/load.ts";

/**
 * Opens a provider's catalogue.
 * @throws TauError `config` when the refreshed file is damaged.
 */
export function openCatalogue(provider: string, paths: TauPaths): Promise<ProviderCatalogue> {
  return loadCatalogue(provider, async (name) => {
    try {
      return await readFile(join(paths.data, "models", `${name}.json`), "utf8");
    } catch (error) {
      if (systemCode(error) === "ENOENT") return null;
      throw error;
    }
  });
}
