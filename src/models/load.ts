/** One provider's catalogue as a run uses it: the shipped one under what the user refreshed. */
import type { ProviderCatalogue } from "./catalogue.ts";
import { catalogueName } from "./hosts.ts";
import { loadShipped } from "./shipped.ts";

/**
 * Loads a provider's catalogue. `readRefreshed` gives the text of the user's file for a provider (as
 * `refreshCatalogue` named it, without `.json`), or null when there is none. A refreshed model replaces the shipped one
 * of the same name; shipped models the refresh does not have stay. A refreshed file older than the shipped catalogue is
 * not used: an update of Tau brought newer prices.
 * @throws TauError `config` when the refreshed file is damaged.
 */
export async function loadCatalogue(
  provider: string,
  readRefreshed: (provider: string) => Promise<string | null>,
): Promise<ProviderCatalogue> {
  const [shipped, text] = await Promise.all([loadShipped(provider), readRefreshed(catalogueName(provider))]);
  if (text === null) return shipped;
  // zod, for data from outside; a run without a refreshed file does without.
  const { parseRefreshed } = await import("./refresh.ts");
  const refreshed = parseRefreshed(text);
  if (shipped.date !== null && (refreshed.date ?? "") < shipped.date) return shipped;
  return { ...refreshed, provider, models: { ...shipped.models, ...refreshed.models } };
}
