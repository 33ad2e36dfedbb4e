/**
 * How people and models say in English that something passes, as data. A clause is a claim when it has a subject and a
 * word of success, and no word that takes the claim back. When in doubt it is none: a missed claim is only not shown, a
 * wrong one accuses.
 */
import type { CheckKind, Claim } from "../../core/evidence.ts";

/** What stands for "it went well" in a prepared text; see `sayings`. */
const well = "⊤";

/** What a claim is about. The first pattern that fits a clause makes it a claim of this kind. */
export type ClaimRow = {
  kind: Claim["kind"];
  /** Whose runs bear it out: any of these. */
  provenBy: readonly CheckKind[];
  subject: RegExp;
  /** What makes the clause about something else. */
  unless?: RegExp;
};

/**
 * Without one of these no sentence is a claim. It is looked for first: the patterns below take longer to be compiled than
 * most answers take to be read.
 */
export const ofChecks =
  /test|suite|spec|jest|mocha|\d\/\d|pass|succe|type|tsc|mypy|pyright|compil|buil|lint|biome|ruff|clippy|flake8|rubocop|golangci|format|prettier|rustfmt|gofmt|green|verif|confirm|valid|check|\bci\b|pipeline|report|say|‹/i;

/** Subjects, by kind of check. */
export const subjects: readonly ClaimRow[] = [
  {
    kind: "test",
    provenBy: ["test"],
    subject:
      /\b(?:tests?(?!\.\w)|test[- ]?suites?|suite|specs?|test cases?|test run|pytest|jest|vitest|mocha|rspec|phpunit|ctest|\d+\/\d+|\d+ pass(?:ed|ing))\b|‹test›/i,
    // Tests that compile have not run.
    unless: /\bcompil/i,
  },
  {
    kind: "typecheck",
    provenBy: ["typecheck"],
    subject:
      /\b(?:type-?[ -]?check(?:s|ing|er)?|typescript|types|type errors?|tsc|mypy|pyright)\b|‹typecheck›/i,
  },
  {
    kind: "build",
    provenBy: ["build", "typecheck"],
    subject: /\b(?:compil(?:es|ed|ation|er|ing))\b/i,
  },
  {
    kind: "build",
    provenBy: ["build"],
    subject: /\b(?:builds?|built|build errors?)\b|‹build›/i,
  },
  {
    kind: "lint",
    provenBy: ["lint"],
    subject:
      /\b(?:lint(?:s|er|ers|ing)?|eslint|biome|ruff|clippy|flake8|pylint|rubocop|golangci-lint|oxlint|lint errors?)\b|‹lint›/i,
  },
  {
    kind: "format",
    provenBy: ["format"],
    subject: /\b(?:format(?:ting)? checks?|formatting|prettier|rustfmt|gofmt)\b|‹format›/i,
  },
];

/** Words of success, after (or, for some, before) a subject. `pass` with an object is another verb. */
export const success = new RegExp(
  [
    well,
    String.raw`(?<!\b(?:that|which|who|to|must|always|we|you|by|for|and|covers?|covering|of|both|handles?|when|with) )\bpass(?:es|ed|ing)?\b(?!-)(?! (?:(?:the|an?|to|it|its|this|that|these|those|their|them|along|through|down|into|over|by|as|any|null|undefined|none|in (?!\d)|on (?!node|python|ci|linux|mac|win)|arguments?|args?|data|values?|options?|props|params?|parameters?|context|back|around|off|up|when|if|for|from|between)\b|‹))`,
    String.raw`\bsucceed(?:s|ed|ing)?\b`,
    String.raw`\b(?:is|are|was|were|stays?|stayed|remains?|now|all|still|come|comes|came|back|runs?|ran|be|be all) (?:now |all |still |fully |back |completely |also )*(?:green|clean|clear|ok|okay|fine|successful)\b(?!-)`,
    String.raw`\b(?:ran|runs?|running|completes?|completed|execut(?:e|es|ed)|finish(?:es|ed)?|compil(?:e|es|ed)|builds?|built|lints?|checks?) (?:successfully|cleanly)\b`,
    String.raw`\bsuccessfully (?:ran|compiled|compiles|builds|passed|passes)\b(?! (?:the|an?) )`,
    String.raw`(?::|→|=>|=) (?:all )?(?:ok|pass|passed|passing|clean|green|success|successful)\b`,
    String.raw`\b(?:tests?|suite|lint|build|checks?|types|eslint|clippy|mypy|tsc) (?:all )?(?:green|clean)$`,
  ].join("|"),
  "iu",
);

/** A tick says something of what stands before it, or of the check it marks in a list. */
export const ticked = { after: /^[\s:|*–—-]{0,6}[✅✓✔☑🟢]/u, before: /[✅✓✔☑🟢]\s*$/u };

/** Some subjects are the word of success themselves. */
export const saidAlone: readonly { kind: Claim["kind"]; pattern: RegExp }[] = [
  {
    kind: "build",
    pattern:
      /\b(?:it|code|project|everything|crate|package|app|now|that|this|which) (?:now |also |still )?(?:compiles|builds)(?: (?:now|again|fine|ok))?$/i,
  },
  { kind: "build", pattern: /\b(?:compiles|builds) (?:without problems|fine|again|ok)\b/i },
  { kind: "typecheck", pattern: /\b(?:type-?checks|types check)(?: (?:now|again|fine|ok))?$/i },
  { kind: "lint", pattern: /\blint[- ]?(?:clean|free)\b/i },
  { kind: "test", pattern: /\b(?:all|now|fully) (?:tests )?green\b/i },
];

/** Claims of having made sure, where no check is named. */
export const verified: readonly RegExp[] = [
  /\b(?:fix(?:ed|es)?|works?|working|changes?|solution|implementation|behaviou?r|everything|patch|bug)\b[^.]{0,40}\b(?:is|are|been|and|was|were|has been|have been)\b[^.]{0,20}\b(?:verified|tested|confirmed|validated)\b/i,
  /\b(?:verified|confirmed|validated|tested)\b(?: (?:that|the|this|it|both|all|my|locally|manually|and|with|by|everything|now|fix|change|changes))*[^.]{0,40}\b(?:fix(?:ed|es)?|works?|working|changes?|implementation|correct|correctly|expected|resolved|solved)\b/i,
  /\b(?:i|we)(?:['’]ve| have)? (?:also )?(?:verified|confirmed|tested|validated) (?:it|this|everything|the (?:fix|changes?|results?|behaviou?r))\b/i,
  /\ball (?:the )?checks (?:now )?(?:pass(?:ed|ing)?|⊤|are (?:green|clean))/i,
  /\b(?:ci|pipeline) (?:is |now |runs )+(?:green|passing|clean)\b/i,
];

/** "They pass": a clause that goes on about the tests of the one before. */
export const goesOn =
  /^(?:they|it|these|both|all of them)\b(?= (?:all |now |both |also |still )*(?:pass(?:es|ed)?|succeed(?:s|ed)?|(?:is|are) (?:all |now )*green)\b)/i;

/** Sayings that would be mistaken word by word, and what they are replaced by first. */
export const sayings: readonly (readonly [RegExp, string])[] = [
  // "no errors" is success, "the failing test" is a test.
  [
    /\b(?:no|0|zero|without(?: any)?|free of|not a single|none of the tests) (?:more |new |remaining |other )?(?:(?:lint(?:er|ing)?|eslint|type|typescript|ts|build|compil(?:er|ation)|test|syntax|formatting) )?(?:errors?|failures?|failed|failing(?: tests)?|fail|warnings?|problems?|issues?|regressions?|complaints?|violations?)(?:(?:,| or| and|\/) ?(?:(?:no|0) )?(?:errors?|failures?|warnings?|problems?|issues?|failed|skipped))*\b/gi,
    well,
  ],
  [/\bcontinue[sd]? to (?:pass|succeed)\b/gi, "passes"],
  [/\bno longer (?:fails?|failing|errors?|breaks?)\b/gi, "passes"],
  [
    /\b(?:previously|formerly|originally|once|the|a|that|this|each|every|both|new|two|three|\d+)[- ](?:previously[- ])?(?:failing|broken|red|flaky) (tests?|specs?|suites?|build|cases?)\b/gi,
    "$1",
  ],
  [/\bnot only\b|\bas expected\b/gi, ""],
  [/\bno(?:t)? (?:need|reason|change|changes|problem)\b/gi, ""],
  [/\b(?:i|we) can (?:now )?(?:confirm|report|say)\b/gi, "confirmed"],
  [/\b(?:pass(?:es|ed|ing)?) (?:in|on|under|with|for) (?:both|all|every)\b/gi, "passes"],
];

/** Kinds by which "no lint errors" is told: what the saying was about, looked for before it is replaced. */
export const cleanOf: readonly { kind: Claim["kind"]; pattern: RegExp }[] = [
  {
    kind: "lint",
    pattern:
      /\b(?:no|0|zero|without(?: any)?) (?:more |new |remaining )?(?:lint(?:er|ing)?|eslint|clippy|ruff) (?:errors?|warnings?|problems?|issues?|violations?)\b/i,
  },
  {
    kind: "typecheck",
    pattern:
      /\b(?:no|0|zero|without(?: any)?) (?:more |new |remaining )?(?:type|typescript|ts|mypy|pyright) (?:errors?|problems?|issues?)\b/i,
  },
  {
    kind: "build",
    pattern:
      /\b(?:no|0|zero|without(?: any)?) (?:more |new |remaining )?(?:build|compil(?:er|ation)) (?:errors?|failures?|problems?|warnings?)\b/i,
  },
  {
    kind: "test",
    pattern:
      /\b(?:no|0|zero|without(?: any)?) (?:more |new |remaining )?(?:test failures?|failing tests?|tests? (?:fail(?:s|ed|ures?)?))\b/i,
  },
];

/** Words that take a claim back in their own clause: negation, hope, duty, plan, quantity, other people's words. */
export const takenBack =
  /\b(?:not|never|no|none|neither|nor|cannot|without|unable|\w+n['’]t|fail(?:s|ed|ing|ure|ures)?|broken|breaks?|red|should|would|could|might|may|must|will|shall|can|need(?:s|ed)?|needs|expect(?:s|ed)?|expectation|hope(?:fully)?|presum(?:e|ably)|assum(?:e|es|ed|ing)|likely|probably|possibly|perhaps|maybe|ought|suppos(?:e|ed)|ideally|theoretically|in theory|in principle|appear(?:s)?|seem(?:s)?|believe|think|guess|want(?:s|ed)?|try|tries|tried|trying|attempt(?:s|ed)?|let me|let['’]s|going to|about to|plan(?:s|ned)?|next|todo|to do|please|goal|aim|require(?:s|d)?|requirement|some|most|many|few|half|several|majority|partially|partly|except|apart from|other than|aside from|besides|only \d+|\d+ of|out of|skip(?:s|ped|ping)?|pending|before|previously|originally|used to|claims?|said|says|asks?|asked|told|reported by|according to|you|your|readme|make sure|making sure|make (?:the|all|these|those|it|them)|to make|to get|get (?:the|all)|to pass|ensure[sd]?|ensuring|so that|in order|policy|policies|enforce[sd]?|unverified|untested|i['’]ll|we['’]ll)\b/i;

/** Words that make a whole sentence a condition, a question of time or an instruction. */
export const conditional =
  /\b(?:if|once|until|unless|whether|as soon as|as long as|provided|assuming|in case|when(?! (?:i|we) )|whenever|after you|before you|you (?:can|could|may|should|will|need|might|want)|make sure|check that|verify that(?= (?:you|the user))|run .{0,40} to (?:verify|check|confirm|see|ensure))\b/i;

/** Where one clause of a sentence ends and another begins. */
export const clauseBreak =
  /\s*(?:;|\s[–—-]+\s|,?\s+(?:but|however|although|though|whereas|while|yet|because|since|so(?! that)|which)\s)\s*/i;
