// Answers that strain a screen. Every line of them is told apart by a number (of one width in a table, whose columns are fixed by its first rows) and has only small letters: capital letters
// are the keys that are typed meanwhile.

const numbered = (count, line) => Array.from({ length: count }, (_, index) => line(index + 1));

/** By name; each ends with the line `the end`. */
export const answers = {
  lines: `${numbered(5000, (n) => `line ${n} of a long answer`).join("\n")}\n\nthe end`,
  paragraphs: `${numbered(400, (n) => `paragraph ${n}: the quick brown fox jumps over the lazy dog and runs away, then it comes back and looks at the dog which sleeps on.\n`).join("\n")}\nthe end`,
  list: `${numbered(2000, (n) => `- item ${n} of a list that has no end`).join("\n")}\n\nthe end`,
  table: `| number | name | what it is |\n|---|---|---|\n${numbered(1500, (n) => `| cell ${1000 + n} | name of ${1000 + n} | one of many |`).join("\n")}\n\nthe end`,
  code: `\`\`\`ts\n${numbered(3000, (n) => `const value${n} = compute(${n}, "text"); // line ${n}`).join("\n")}\n\`\`\`\n\nthe end`,
};

/** 200 KB as answers are: paragraphs, lists, code. */
answers.mixed = (() => {
  const section = (n) =>
    [
      `## part ${n}`,
      `here is what was found in part ${n}: the *quick* brown fox jumps over the \`lazy\` dog and runs away again, and again.`,
      numbered(5, (item) => `- point ${item} of part ${n}, which says **something** about it`).join("\n"),
      `\`\`\`ts\n${numbered(8, (line) => `const value${line} = compute(${n}, ${line}); // part ${n}`).join("\n")}\n\`\`\``,
    ].join("\n\n");
  let text = "";
  for (let n = 1; text.length < 200_000; n += 1) text += `${section(n)}\n\n`;
  return `${text}the end`;
})();

/** 200 KB without a line break. */
answers.sentence = `${"the quick brown fox jumps over the lazy dog and runs away again. ".repeat(3077).trim()}\n\nthe end`;

/** The beginning of an answer, cut at a line, with its end: what is streamed at the pace of a model. */
export function beginning(name, length) {
  const cut = answers[name].lastIndexOf("\n", length);
  const closed = name === "code" ? "\n```" : "";
  return `${answers[name].slice(0, cut)}${closed}\n\nthe end`;
}

/** A file of so many lines, and the same with each line changed: a diff of that many lines both ways. */
export const file = (lines, word) => `${numbered(lines, (n) => `${word} ${n}`).join("\n")}\n`;
