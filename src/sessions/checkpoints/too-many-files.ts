/** The bound of what a checkpoint looks at; apart from the look itself, which is loaded when something first changes. */

/** Files and folders of a project at most. */
export const maxEntries = 200_000;

/** The project has more files than are looked at. */
export class TooManyFiles extends Error {}
