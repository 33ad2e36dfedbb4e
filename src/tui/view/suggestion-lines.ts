/** Suggestions below the composer. */
import type { Suggestions } from "../compose/suggestions.ts";
import { clean, oneRow } from "./clean.ts";
import { cutLine, type Line } from "./line.ts";

/** At most `room` rows, the marked one among them. */
export function suggestionLines({ rows, marked }: Suggestions, columns: number, room: number): Line[] {
  const first = Math.max(0, Math.min((marked ?? 0) - Math.floor(room / 2), rows.length - room));
  return rows.slice(first, first + room).map(({ text, detail }, index) => {
    const isMarked = first + index === marked;
    return cutLine(
      [
        isMarked ? { text: "▸ ", tone: "accent" } : { text: "  " },
        { text: oneRow(clean(text)), ...(isMarked && { bold: true as const }) },
        ...(detail === "" ? [] : [{ text: `  ${oneRow(clean(detail))}`, dim: true as const }]),
      ],
      columns,
    );
  });
}
