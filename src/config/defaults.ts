/** What holds where no layer says anything, for settings a layer is measured against. */

/** Model calls in one turn. */
export const defaultSteps = 250;

/** The name of no profile at all, for where another would be in force. */
export const noProfile = "default";
