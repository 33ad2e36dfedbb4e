/** Lengths of time as people write them. */
import * as z from "zod";

/** What a timer holds: 2^31 - 1 ms. Beyond it Node would fire at once. */
const maxTimerSeconds = 2_147_483;

/** Seconds of a wait or a limit, fractions allowed. */
export const seconds = z
  .number("must be a number")
  .positive("must be above zero")
  .max(maxTimerSeconds, `must be at most ${maxTimerSeconds} (24 days)`);
