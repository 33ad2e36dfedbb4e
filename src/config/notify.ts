/** How somebody who looks elsewhere is told. */

/** `auto`: the terminal's own way where one is known, else its bell. */
export const notifyWays = ["auto", "bell", "osc9", "osc777", "off"] as const;

/** One of the {@link notifyWays}. */
export type NotifyBy = (typeof notifyWays)[number];
