/** The head of a Markdown file between two lines of `---`: the few shapes of YAML that people write there. */

/** A head's values by key (lower case), each as one text or as a list; and what stands below it. */
export type FrontMatter = { values: ReadonlyMap<string, string | readonly string[]>; body: string };

/** Takes the head off. A text without one is all body; lines that are no `key: value` are passed over. */
export function frontMatter(text: string): FrontMatter {
  const [whole, head = ""] = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
  if (whole === undefined) return { values: new Map(), body: text.replace(/^\ufeff/, "") };
  const values = new Map<string, string | readonly string[]>();
  let key: string | null = null;
  for (const line of head.split(/\r?\n/)) {
    const [, name, rest = ""] = /^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
    const [, item] = /^[ \t]*-[ \t]+(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      key = name.toLowerCase();
      values.set(key, readValue(rest.trim()));
    } else if (item !== undefined && key !== null) {
      const before = values.get(key) ?? [];
      values.set(key, [...(typeof before === "string" ? [] : before), unquoted(item.trim())]);
    }
  }
  return { values, body: text.slice(whole.length) };
}

/** A value as one text. */
export function textValue(value: string | readonly string[] | undefined): string | null {
  if (value === undefined || value.length === 0) return null;
  return typeof value === "string" ? value : value.join(", ");
}

/** A value as a list: `Bash(git diff:*, x), Read` has two items, for a comma in brackets parts nothing. */
export function listValue(value: string | readonly string[] | undefined): string[] {
  if (value === undefined) return [];
  if (typeof value !== "string") return [...value];
  return (value.match(/(?:\([^)]*\)|[^,(])+/g) ?? [])
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function readValue(text: string): string | string[] {
  const [, inner] = /^\[(.*)\]$/.exec(text) ?? [];
  // An argument hint is written in brackets as often as a list is: only quoted or comma-parted ones are lists.
  if (inner === undefined || !/[,"']/.test(inner)) return unquoted(text);
  return listValue(inner).map(unquoted);
}

function unquoted(text: string): string {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*(?:#.*)?$/.exec(text) ?? [];
  if (double !== undefined) return double.replace(/\\(.)/g, "$1");
  return single?.replaceAll("''", "'") ?? text;
}
