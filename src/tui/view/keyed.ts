/** Keys for lists whose members never move: their position. */
export const keyed = <Value>(values: readonly Value[]): { key: string; value: Value }[] =>
  values.map((value, position) => ({ key: String(position), value }));
