/** All keys as a list: what `tau keys`, /keys and the documentation show. */
import { ownKeys } from "../dialog/own-keys.ts";
import { type Action, actions } from "./actions.ts";
import { needsProtocol } from "./chord-names.ts";
import { type ChosenKeys, keymapOf } from "./keymap.ts";
import type { Chord } from "./keys.ts";

/** An action with the keys that reach it. */
export type KeyRow = {
  place: string;
  action: string;
  keys: readonly Chord[];
  changed: boolean;
  help: string;
};

/** Every action, in the order of the table. */
export function keyRows(chosen: ChosenKeys): KeyRow[] {
  const keymap: { readonly [place: string]: ReadonlyMap<Chord, string> } = keymapOf(chosen);
  return Object.entries(actions).flatMap(([place, table]) =>
    Object.entries<Action>(table).map(([action, { keys: usual, help }]) => {
      const keys = [...(keymap[place] ?? new Map<Chord, string>())].flatMap(([chord, does]) =>
        does === action ? [chord] : [],
      );
      return { place, action, keys, changed: keys.join(" ") !== usual.join(" "), help };
    }),
  );
}

/** What a person may not have meant with the keys they chose, in words. */
export function keyConflicts(chosen: ChosenKeys): string[] {
  const rows = keyRows(chosen);
  const doubled = Object.entries(chosen).flatMap(([place, byAction = {}]) => {
    const all = Object.entries(byAction).flatMap(([action, keys]) => keys.map((key) => ({ action, key })));
    return all.flatMap(({ action, key }, index) => {
      const other = all.slice(index + 1).find((one) => one.key === key && one.action !== action);
      return other ? [`${place}: ${key} is chosen for ${action} and for ${other.action}`] : [];
    });
  });
  const unreachable = rows
    .filter(({ place, action, keys }) => keys.length === 0 && chosen[place]?.[action]?.length !== 0)
    .map(({ place, action }) => `${place}: no key is left for ${action}`);
  const untold = rows
    .filter(
      ({ place, action, keys }) => chosen[place]?.[action] && keys.length > 0 && keys.every(needsProtocol),
    )
    .map(
      ({ place, action, keys }) =>
        `${place}: ${keys.join(", ")} for ${action} comes only from terminals with the kitty keyboard protocol or modifyOtherKeys`,
    );
  const hiding = ["everywhere", "list"].flatMap((place) =>
    Object.entries(chosen[place] ?? {}).flatMap(([action, keys]) =>
      keys.flatMap((key) => {
        const own = Object.entries(ownKeys).filter(([, { chord }]) => chord === key);
        const what = own.map(([list, { help }]) => `"${help}" (${list})`).join(", ");
        return own.length > 0 ? [`${place}: ${key} for ${action} is in lists also the key of ${what}`] : [];
      }),
    ),
  );
  return [...doubled, ...unreachable, ...hiding, ...untold];
}

const ownHead = `## keys of single lists

They stand below the list and cannot be chosen: \`list\` has what all lists share.`;

/** The page of the documentation that lists them. */
export function keysDocument(): string {
  const rows = keyRows({});
  const tables = Object.keys(actions).map((place) => {
    const lines = rows
      .filter((row) => row.place === place)
      .map(
        ({ action, keys, help }) =>
          `| \`${action}\` | ${keys.map((key) => `\`${key}\``).join(", ")} | ${help} |`,
      );
    return [`## ${place}`, "", "| action | keys | does |", "|---|---|---|", ...lines].join("\n");
  });
  const own = Object.entries(ownKeys).map(
    ([list, { chord, help }]) => `| \`${list}\` | \`${chord}\` | ${help} |`,
  );
  const lists = [ownHead, "", "| list and key | key | does |", "|---|---|---|", ...own].join("\n");
  return `${head}\n${[...tables, lists].join("\n\n")}\n`;
}

const head = `# Keys

Generated from the table of actions (\`npm run schemas\`). \`tau keys\` lists them with your own changes, which stand in the
setting \`keys\`: [configuration](configuration.md#keys).
`;
