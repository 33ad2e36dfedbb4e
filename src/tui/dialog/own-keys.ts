/** The keys that lists have beside those every list has, as data: from this table come the lists themselves and docs/keys.md. */
import type { Chord } from "../input/keys.ts";

/** By the list and what the key does there; the help is one to four words. */
export const ownKeys = {
  "sessions.everywhere": { chord: "ctrl+f", help: "all folders" },
  "sessions.rename": { chord: "ctrl+r", help: "renames" },
  "sessions.delete": { chord: "ctrl+x", help: "deletes" },
  // ctrl+l draws the screen again, wherever one is.
  "points.label": { chord: "ctrl+t", help: "names it" },
  "points.anew": { chord: "ctrl+e", help: "says it anew" },
  "models.keep": { chord: "ctrl+s", help: "takes and keeps it" },
  "efforts.keep": { chord: "ctrl+s", help: "takes and keeps it" },
  "themes.keep": { chord: "ctrl+s", help: "takes and keeps it" },
  "keys.usual": { chord: "ctrl+x", help: "the usual keys again" },
  "pieces.toggle": { chord: "ctrl+x", help: "takes out or puts back" },
  "settings.project": { chord: "ctrl+e", help: "for this project" },
  "settings.unset": { chord: "ctrl+x", help: "takes it out of your file" },
  "jobs.end": { chord: "ctrl+x", help: "ends it" },
  "planned.drop": { chord: "ctrl+x", help: "leaves it out" },
  "rules.remove": { chord: "ctrl+x", help: "removes" },
} as const satisfies { readonly [list: `${string}.${string}`]: { chord: Chord; help: string } };

/** Such a key. */
export type OwnKey = keyof typeof ownKeys;

/** A chord that is one of some list. */
export type OwnChord = (typeof ownKeys)[OwnKey]["chord"];
