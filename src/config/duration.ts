/** Lengths of time as people write them. */

/** The longest wait or limit in seconds: what a timer holds, 2^31 - 1 ms. Beyond it Node would fire at once. */
export const maxTimerSeconds = 2_147_483;
/** What is said of a longer one. */
export const tooLong = `must be at most ${maxTimerSeconds} (24 days)`;
