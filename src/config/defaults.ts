/** What holds where no layer says anything, for settings a layer is measured against. */

/** Model calls in one turn. */
export const defaultSteps = 250;
