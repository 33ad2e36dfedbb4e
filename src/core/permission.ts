/** What may run, who decided it and how a person answered. */

/** How freely tools may act; see policy/. */
export type Mode = "plan" | "ask" | "edit" | "full";

/** Why a tool call was allowed, asked for or refused. */
export type Decision = {
  effect: "allow" | "deny" | "ask";
  /** The rule that decided, as written: `mode:edit`, `Bash(npm test:*)`. */
  rule: string;
  /** Where the rule stands: `built-in`, `user config`, `--allow`, `session`. */
  source: string;
  /** One sentence for people and for the model. */
  reason: string;
  /** `file:line:column` of the rule, where it stands in a file. */
  place?: string;
  /** The part of a shell command that decided. */
  part?: string;
};

/** What a person may know of a call before they answer, beside its decision; computed by policy. */
export type ApprovalDetails = {
  /** Rules that would allow it, narrowest first; an answer may carry one of them, or another. */
  rules: { width: string; rule: string }[];
  /** Of a command line that can be taken apart: each simple command with its own verdict. */
  commands: { command: string; decision: Decision }[];
};

/** What a person answered when asked whether a call may run. */
export type ApprovalAnswer = {
  answer: "allow" | "deny";
  /** How long the answer holds. */
  scope: "once" | "session" | "project";
  /** The rule that was added, for the wider scopes. */
  rule?: string;
  /** A word to the model that came with the answer. */
  comment?: string;
};
