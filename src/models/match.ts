/**
 * Which catalogue entry answers for a name that is not in the catalogue word for word. Only rules a vendor documents:
 * a wrong price is worse than none.
 */

/** An entry that describes the name, and whether its price holds too. */
export type Match = { entry: string; price: "same" | "free" | "unknown" };

/** A snapshot's date: `-20250929` (Anthropic, xAI), `-2025-08-07` (OpenAI), `@20250929` (Vertex). */
const dated =
  /(?:[-@]20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|-20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))$/;

/**
 * Finds the entry for a name, by the first rule that holds:
 * 1. the same name, letter case aside (open-weight hosts are not consistent in it);
 * 2. a dated snapshot of a listed name: vendors price a name, not its snapshots, and list the exceptions apart;
 * 3. `:latest`, which local servers put after a name without a tag;
 * 4. OpenRouter variants (https://openrouter.ai/docs/features/model-routing): `:free` costs nothing; `:nitro`,
 *    `:floor`, `:online`, `:exacto` and kin choose a host or add paid work, so limits hold and the price does not.
 */
export function matchModel(provider: string, model: string, ids: readonly string[]): Match | null {
  const exact = findId(model, ids);
  if (exact !== null) return { entry: exact, price: "same" };

  const undated = findId(model.replace(dated, ""), ids);
  if (undated !== null) return { entry: undated, price: "same" };

  const colon = model.lastIndexOf(":");
  if (colon <= 0) return null;
  const [base, variant] = [model.slice(0, colon), model.slice(colon + 1)];
  const entry = findId(base, ids) ?? findId(base.replace(dated, ""), ids);
  if (entry === null) return null;
  if (variant === "latest") return { entry, price: "same" };
  if (provider !== "openrouter") return null;
  return { entry, price: variant === "free" ? "free" : "unknown" };
}

function findId(model: string, ids: readonly string[]): string | null {
  if (ids.includes(model)) return model;
  const lower = model.toLowerCase();
  const same = ids.filter((id) => id.toLowerCase() === lower);
  return same.length === 1 ? (same[0] ?? null) : null;
}
