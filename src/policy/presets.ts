/**
 * Rule sets to begin with. A preset is nothing but these rules, at the weakest tier: `tau policy presets` shows them, and
 * any rule that denies or asks stands above those of a preset that allow.
 */
import type { Effect } from "./rule.ts";

/** What a preset is for, and its rules as they would be written. */
export type Preset = { about: string; rules: { readonly [Of in Effect]: readonly string[] } };

/** Their names, tightest first. */
export const presetNames = ["strict", "balanced", "permissive"] as const;
/** One of them. */
export type PresetName = (typeof presetNames)[number];

const leaving = [
  "Bash(git push:*)",
  "Bash(npm publish:*)",
  "Bash(cargo publish:*)",
  "Bash(gh:*)",
  "Bash(ssh:*)",
  "Bash(scp:*)",
];
const asRoot = ["Bash(sudo:*)", "Bash(doas:*)", "Bash(su:*)"];

/** The presets. */
export const presets: { readonly [Of in PresetName]: Preset } = {
  strict: {
    about: "every command and every page is asked about; nothing runs as root or leaves the machine",
    rules: {
      allow: [],
      ask: ["Bash", "WebFetch"],
      deny: [...asRoot, ...leaving, "Bash(curl:*)", "Bash(wget:*)", "Read(.env)"],
    },
  },
  balanced: {
    about: "the usual checks run; what leaves the machine, runs as root or removes folders is asked about",
    rules: {
      allow: [
        ...["test", "run test", "run lint", "run build", "run typecheck"].map(
          (words) => `Bash(npm ${words}:*)`,
        ),
        ...[
          "cargo test",
          "cargo check",
          "cargo clippy",
          "go test",
          "go vet",
          "pytest",
          "tsc",
          "make test",
        ].map((words) => `Bash(${words}:*)`),
        "Bash(git add:*)",
        "Bash(git commit:*)",
      ],
      ask: [
        ...asRoot,
        ...leaving,
        "Bash(rm -r:*)",
        "Bash(rm -rf:*)",
        "Bash(git reset --hard:*)",
        "Bash(git clean:*)",
      ],
      deny: [],
    },
  },
  permissive: {
    about:
      "commands, edits of the project and pages run; what runs as root or leaves the machine is asked about",
    rules: { allow: ["Bash", "Edit(/**)", "WebFetch"], ask: [...asRoot, ...leaving], deny: [] },
  },
};
