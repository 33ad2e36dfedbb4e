/** Names of files that a restore writes beside the place they are for. */

const prefix = ".tau-restore-";

/** The name of one; `restore` is the restore's number, `step` that of the file in it. */
export const restoreName = (restore: number, step: number): string => `${prefix}${restore}-${step}.tmp`;

/** Whether a name is one of them: what a restore that was killed left behind is nobody's file. */
export const isRestoreName = (name: string): boolean => name.startsWith(prefix) && name.endsWith(".tmp");
