/** How questions are asked: with menus, or as plain numbered lines for terminals and ears that menus are nothing for. */

/** One answer of a menu. */
export type Choice<Value> = {
  value: Value;
  name: string;
  /** What is shown of it once it is chosen; the name, when left out. */
  short?: string;
  /** A line about it. */
  description?: string;
  /** A key that gives this answer at once, where there are single keys. */
  hotkey?: string;
};

/** A question with a few answers. */
export type Menu<Value> = {
  message: string;
  choices: readonly Choice<Value>[];
  default?: Value | undefined;
  /** When it comes before a key was pressed, the question is moot: {@link Stale}. */
  stale?: Promise<void>;
};
/** A question with many answers, of which those that fit the words typed are shown. */
export type Search<Value> = { message: string; find(words: string): readonly Choice<Value>[] };
/** A line of text; `validate` says what is wrong with it. */
export type Line = {
  message: string;
  default?: string;
  validate?: (text: string) => true | string;
};

/** Asks one question at a time. Each rejects with {@link Skipped}, {@link Back} or {@link Interrupted}. */
export type Asker = {
  /** How one answers, goes back and leaves. */
  readonly howTo: string;
  choose<Value>(menu: Menu<Value>): Promise<Value>;
  search<Value>(search: Search<Value>): Promise<Value>;
  text(line: Line): Promise<string>;
  /** What is typed is not shown. */
  secret(line: Line): Promise<string>;
  confirm(question: { message: string; default: boolean }): Promise<boolean>;
  /** A line that is no question. */
  tell(text: string): void;
  /**
   * Waits for work that Escape may cut short: then `work` is told by its signal, and what it makes of that counts.
   * Ctrl+C is {@link Interrupted}.
   */
  during<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value>;
};

/** Escape: the person wants no more questions now. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

/** Shift+Tab: the person wants the question before this one again. */
export class Back extends Error {
  override readonly name = "Back";
}

/** What the question was about has changed before anybody touched it. */
export class Stale extends Error {
  override readonly name = "Stale";
}

/** Ctrl+C, or the terminal went away. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
