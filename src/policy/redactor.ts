/** Taking known credential values out of text that leaves: at once, or as it arrives in pieces. Pure. */
import { minSecretLength } from "./secrets.ts";

/** What stands where a credential was. */
export const redacted = "[redacted]";

/** Replaces credential values. */
export type Redactor = {
  /** The text with each known value replaced; of two that begin at one place the longer. */
  text(text: string): string;
  /** The same for text that arrives in pieces. `found` is called for each value that was replaced. */
  stream(found?: () => void): RedactedStream;
};

/** A text in pieces. Whatever its pieces, all that is given back together is what `text` gives for the whole. */
export type RedactedStream = {
  /**
   * What can be shown once `piece` is there. An end that may be the beginning of a value is held back, so that its
   * first half is never shown: always less than the longest value.
   */
  push(piece: string): string;
  /** Nothing more comes: what was held back. */
  end(): string;
};

/**
 * A redactor of values, also in the forms URLs and JSON give them. Values below eight characters are left alone: they
 * would blacken ordinary text.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const forms = formsOf(secrets);
  if (forms.length === 0) return { text: (text) => text, stream: () => plainStream };
  const pattern = new RegExp(forms.map(escaped).join("|"), "g");
  return {
    text: (text) => text.replace(pattern, redacted),
    stream: (found) => streamOf(forms, pattern, found ?? (() => undefined)),
  };
}

/** A redactor that is told of values while it is used. */
export type LearningRedactor = Redactor & {
  /** Replaces these values, too, from now on; a stream that runs does not learn of them. */
  learn(secrets: readonly string[]): void;
};

/** A redactor of values, and of those it learns of. */
export function learningRedactor(secrets: readonly string[]): LearningRedactor {
  let known = secrets;
  let current = redactor(known);
  return {
    text: (text) => current.text(text),
    stream: (found) => current.stream(found),
    learn(more) {
      known = [...known, ...more];
      current = redactor(known);
    },
  };
}

const plainStream: RedactedStream = { push: (piece) => piece, end: () => "" };

/** Longest first, so that a value which begins with another is replaced whole. */
function formsOf(secrets: readonly string[]): string[] {
  const long = secrets.filter((secret) => secret.length >= minSecretLength);
  const forms = long.flatMap((secret) => [
    secret,
    // A lone surrogate has no URL-encoded form.
    encodeURIComponent(secret.replace(/\p{Cs}/gu, "\ufffd")),
    JSON.stringify(secret).slice(1, -1),
  ]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}/-]/g, "\\$&");
}

function streamOf(forms: readonly string[], pattern: RegExp, found: () => void): RedactedStream {
  const longest = forms[0]?.length ?? 0;
  let held = "";

  /** The first place from `from` on where a value may have begun that the text does not hold whole. */
  const openFrom = (text: string, from: number): number => {
    for (let at = Math.max(from, text.length - longest + 1); at < text.length; at += 1) {
      const rest = text.slice(at);
      if (forms.some((form) => form.length > rest.length && form.startsWith(rest))) return at;
    }
    return text.length;
  };

  const clean = (text: string, limitFrom: (from: number) => number): string => {
    let out = "";
    let at = 0;
    for (;;) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      const limit = limitFrom(at);
      if (match === null || match.index >= limit) {
        held = text.slice(limit);
        return out + text.slice(at, limit);
      }
      found();
      out += text.slice(at, match.index) + redacted;
      at = match.index + match[0].length;
    }
  };

  return {
    push(piece) {
      const text = held + piece;
      return clean(text, (from) => openFrom(text, from));
    },
    end() {
      const text = held;
      return clean(text, () => text.length);
    },
  };
}
