/**
 * The floors of the house: a file imports from its own folder or from floors below, never from a neighbour
 * on its own floor. The single exception is meter/ using sessions/ (reservations live in the ledger's database).
 */
const floors = [
  ["core"],
  ["wire", "models", "policy", "config", "log"],
  ["providers", "tools", "sessions", "meter"],
  ["agent", "extensions", "learn"],
  ["app"],
  ["tui", "gateway"],
  ["cli"],
];

const exceptions = { meter: ["sessions"] };

const path = (name) => (name === "app" ? "^src/app(\\.ts$|/)" : `^src/${name}/`);

const rules = floors.flatMap((floor, level) =>
  floor.map((folder) => {
    const above = floors.slice(level + 1).flat();
    const beside = floor.filter((other) => other !== folder && !(exceptions[folder] ?? []).includes(other));
    return {
      name: `floor-${folder}`,
      comment: `${folder}/ stands on floor ${level}: it may not import from above or from beside.`,
      severity: "error",
      from: { path: path(folder) },
      to: { path: [...above, ...beside].map(path) },
    };
  }),
);

module.exports = {
  forbidden: [
    ...rules.filter((rule) => rule.to.path.length > 0),
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^src" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "core-does-no-io",
      severity: "error",
      from: { path: "^src/(core|wire|policy)/" },
      to: { dependencyTypes: ["core"], path: "^(node:)?(fs|net|http|https|child_process|os)" },
    },
    {
      name: "one-file-knows-ink",
      severity: "error",
      from: { path: "^src", pathNot: "^src/tui/screen/ink\\.tsx$" },
      to: { path: "node_modules/ink/" },
    },
    {
      name: "src-does-not-import-tests",
      severity: "error",
      from: { path: "^src" },
      to: { path: "^(test|bench|scripts)/" },
    },
    { name: "not-to-unresolvable", severity: "error", from: { path: "^src" }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
