/** Where the word beside a store stands that a restore is under way: apart, for every session looks whether there is one. */

/** Its path, from the store's. */
export const markerFile = (store: string): string => store.replace(/\.db$/, ".restoring");
