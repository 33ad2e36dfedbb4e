/** How many colours are written: what people say in the environment stands above what is known of the terminal. */
import { type ColourDepth, depthOf } from "./colour.ts";

type Environment = { readonly [name: string]: string | undefined };

/** Variables that are judged here, and not by whoever detects. */
const judged = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] as const;

/**
 * The depth to write in. In this order: `NO_COLOR` with any value takes colours out (https://no-color.org);
 * `FORCE_COLOR` 0 or false takes them out, 2 is the palette of 256, 3 all colours, any other value at least the
 * terminal's own sixteen (https://force-color.org); `CLICOLOR_FORCE` but 0 is as `FORCE_COLOR=1`, and `CLICOLOR=0` takes
 * them out (http://bixense.com/clicolors). An empty value says nothing.
 * @param detect what is known of the terminal, in bits (`getColorDepth`). It gets an environment without these
 * variables: Node puts FORCE_COLOR above NO_COLOR, and prints a warning of it into the screen
 */
export function wantedDepth(env: Environment, detect: (env: Environment) => number): ColourDepth {
  const { NO_COLOR = "", FORCE_COLOR = "", CLICOLOR_FORCE = "", CLICOLOR = "" } = env;
  if (NO_COLOR !== "") return 1;
  const forced = FORCE_COLOR.toLowerCase();
  if (forced === "0" || forced === "false") return 1;
  if (forced === "2") return 8;
  if (forced === "3") return 24;
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !isJudged(name)));
  const detected = depthOf(detect(others));
  if (forced !== "" || !["", "0"].includes(CLICOLOR_FORCE)) return detected === 1 ? 4 : detected;
  return CLICOLOR === "0" ? 1 : detected;
}

const isJudged = (name: string): boolean => judged.some((known) => known === name);
