/** Lines as messages: a backslash at the end of a line, or three quotes around several, make one of them. */

/** The messages in lines. */
export async function* messagesIn(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let parts: string[] = [];
  let quoted = false;
  for await (const line of lines) {
    if (quoted) {
      if (line.trim() === fence) {
        quoted = false;
        yield parts.join("\n");
        parts = [];
      } else parts.push(line);
    } else if (line.trim() === fence && parts.length === 0) quoted = true;
    else if (line.endsWith("\\")) parts.push(line.slice(0, -1));
    else {
      yield [...parts, line].join("\n");
      parts = [];
    }
  }
  if (parts.length > 0) yield parts.join("\n");
}

const fence = '"""';
