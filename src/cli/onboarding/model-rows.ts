/** The models to choose from, each with its price and window: what the key may use, joined with what is known of it. */
import { openCatalogue } from "../../agent/catalogue.ts";
import type { TauPaths } from "../../config/paths.ts";
import type { Settings } from "../../config/settings.ts";
import { findModel } from "../../models/catalogue.ts";
import type { ModelInfo } from "../../models/model-info.ts";
import { usdPerMtok } from "../../models/rates.ts";
import { preferredModel } from "../../providers/default-model.ts";
import type { ListedModel } from "../../providers/list-models.ts";
import { compact } from "../table.ts";

/** One to choose. `window` is what the server says of a model the catalogue does not know. */
export type ModelRow = { info: ModelInfo; window: number | null; isPreferred: boolean };

/**
 * Known ones first, and first of all the one Tau would take itself; what the vendor has announced the end of comes last.
 * `listed` null: nobody was asked, so all the catalogue knows are shown.
 */
export async function modelRows(
  provider: string,
  listed: readonly ListedModel[] | null,
  paths: TauPaths,
  settings: Settings,
): Promise<ModelRow[]> {
  const catalogue = await openCatalogue(provider, paths);
  const offered: readonly ListedModel[] =
    listed ?? Object.keys(catalogue.models).map((id) => ({ id, contextWindow: null }));
  const preferred = preferredModel(provider);
  const rows = offered.map(({ id, contextWindow }): ModelRow => {
    const info = findModel(catalogue, id, settings.models ?? {});
    return { info, window: info.entry === null ? contextWindow : null, isPreferred: id === preferred };
  });
  const rank = ({ info, isPreferred }: ModelRow): number =>
    isPreferred ? 0 : info.entry === null ? 2 : info.deprecated || !info.capabilities.tools ? 3 : 1;
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** `claude-sonnet-5-5    1M window   $3 in, $15 out`, the name padded to `width`. */
export function rowText({ info, window }: ModelRow, width: number): string {
  const size = window ?? (info.entry === null ? null : info.contextWindow);
  const price = info.price
    ? `$${usdPerMtok(info.price.rates.input)} in, $${usdPerMtok(info.price.rates.output)} out`
    : "no known price";
  return `${info.id.padEnd(width)}  ${(size === null ? "?" : compact(size)).padStart(9)}  ${price}${info.deprecated ? " (deprecated)" : ""}`;
}

/** Rows that fit the words typed: every word somewhere in name or id. */
export function matching(rows: readonly ModelRow[], words: string): ModelRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ info }) => {
    const text = `${info.id} ${info.name}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
