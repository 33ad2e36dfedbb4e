/**
 * Which commands are checks, as data: what each program checks with which words and options. A row reads "these
 * programs, with these words, are a check of this kind". The first row that fits decides.
 */
import type { CheckKind } from "../../core/evidence.ts";

/** What a command is as a check. */
export type CheckRow = {
  /** Program names, without folder; blanks between them. */
  programs: string;
  kind: CheckKind;
  /** Held against the words that are no options, a blank between them; absent: whatever they are. */
  words?: RegExp;
  /** Held against all arguments, a blank between them: one option that must be there. */
  needs?: RegExp;
  /** Options with which it is another thing. */
  unless?: RegExp;
  /** Options with which it changes files; `always` where it does without any. */
  writes?: RegExp | "always";
  /** What it has also shown when it passes. */
  proves?: readonly CheckKind[];
};

/** Rows of one kind, written short. */
const all = (
  kind: CheckKind,
  programs: string,
  more: Omit<CheckRow, "kind" | "programs"> = {},
): CheckRow => ({
  programs,
  kind,
  ...more,
});

const fix =
  /(^| )--?(fix|fix-[a-z-]+|write|apply|autofix|auto-correct|autocorrect(-all)?|unsafe-fixes)( |=|$)/;

/** Options that ask for something else than the check itself: nothing was checked. */
export const noCheck =
  /(^| )(--help|-h|--version|--collect-only|--co|--list|-list|--list-?tests?|--dry-run|--no-run|--show-?config|--init|--print-config|--just-print|--recon|--show-only|-N)( |=|$)/i;

/** Options with which success says nothing: it may have run nothing, or was told to succeed. */
export const provesNothing =
  /(^| )(--if-present|--pass-?with-?no-?tests|--exit-zero|--no-error|--continue-on-error|--ignore-errors|--no-fail|--force-exclude-all|-fn|--fail-never|-Dmaven\.test\.failure\.ignore(=true)?)( |=|$)/i;

/** Programs that check, by their own name or subcommand. */
export const checkRows: readonly CheckRow[] = [
  // JavaScript and TypeScript
  all("test", "jest vitest mocha ava tap tape uvu jasmine karma cypress wdio lab qunit testcafe", {
    unless: /^(init|open|install|info|cache|list|bench)( |$)/,
  }),
  all("test", "playwright", { words: /^test( |$)/ }),
  all("test", "node nodejs", { needs: /(^| )--test( |=|$)/ }),
  all("test", "bun", { words: /^test( |$)/ }),
  all("build", "bun", { words: /^build( |$)/ }),
  all("test", "deno", { words: /^test( |$)/, proves: ["typecheck"] }),
  all("typecheck", "deno", { words: /^check( |$)/ }),
  all("lint", "deno", { words: /^lint( |$)/, writes: fix }),
  all("format", "deno", { words: /^fmt( |$)/, needs: /(^| )--check( |$)/ }),
  all("typecheck", "tsc tsgo vue-tsc", {
    unless: /(^| )--noEmit( |$)|(^| )--(watch|init)( |$)|(^| )-w( |$)/,
    proves: ["build"],
  }),
  all("typecheck", "tsc tsgo vue-tsc", { unless: /(^| )--(watch|init)( |$)|(^| )-w( |$)/ }),
  all("typecheck", "svelte-check glint flow"),
  all("typecheck", "astro", { words: /^check( |$)/ }),
  all("build", "vite astro parcel nuxt nuxi gatsby remix expo", { words: /^(build|generate|export)( |$)/ }),
  all("build", "next", { words: /^build( |$)/, proves: ["typecheck"] }),
  all("lint", "next", { words: /^lint( |$)/, writes: fix }),
  all("build", "webpack rollup esbuild tsup tsdown rspack unbuild ncc swc babel microbundle rolldown"),
  all("test", "ng react-scripts vue-cli-service", { words: /^(test|e2e|test:unit)( |$)/ }),
  all("build", "ng react-scripts vue-cli-service", { words: /^build( |$)/ }),
  all("lint", "ng vue-cli-service", { words: /^lint( |$)/, writes: fix }),
  all("lint", "biome", { words: /^(check|ci)( |$)/, writes: fix, proves: ["format"] }),
  all("lint", "biome", { words: /^lint( |$)/, writes: fix }),
  all("format", "biome", { words: /^format( |$)/, writes: fix }),
  all("lint", "eslint oxlint xo standard stylelint jshint tslint markdownlint markdownlint-cli2 knip", {
    writes: fix,
  }),
  all("format", "prettier", { needs: /(^| )(-c|--check|-l|--list-different)( |$)/ }),
  all("format", "prettier", { writes: "always", needs: /(^| )(-w|--write)( |$)/ }),
  all("format", "dprint", { words: /^check( |$)/ }),
  all("test", "nx turbo lerna", { words: /^(run |run-many |affected )?(\S+:)?(test|e2e)( |$)/ }),
  all("test", "nx", { needs: /(^| )(-t|--targets?)[ =]\S*\btest\b/ }),
  all("build", "nx turbo lerna", { words: /^(run |run-many |affected )?(\S+:)?build( |$)/ }),
  all("lint", "nx turbo lerna", { words: /^(run |run-many |affected )?(\S+:)?lint( |$)/ }),
  all("typecheck", "nx turbo lerna", { words: /^(run )?(\S+:)?(type-?check|check-types)( |$)/ }),
  // Python
  all("test", "pytest py.test nose2 nosetests trial stestr behave robot unittest doctest ward green tox nox"),
  all("test", "manage.py", { words: /^test( |$)/ }),
  all("test", "hatch", { words: /^test( |$)/ }),
  all("test", "setup.py", { words: /^(test|pytest)( |$)/ }),
  all("build", "setup.py", { words: /^(build|bdist|sdist|bdist_wheel)( |$)/ }),
  all("build", "compileall py_compile build flit maturin", { unless: /^(develop|init|new)( |$)/ }),
  all("build", "uv poetry hatch pdm", { words: /^build( |$)/ }),
  all("typecheck", "mypy dmypy pyright basedpyright pyre pytype"),
  all("typecheck", "ty", { words: /^check( |$)/ }),
  all("lint", "ruff", { words: /^check( |$)/, writes: fix }),
  all("format", "ruff", { words: /^format( |$)/, needs: /(^| )--(check|diff)( |$)/ }),
  all("format", "ruff", { words: /^format( |$)/, writes: "always" }),
  all("lint", "flake8 pylint pyflakes pycodestyle pydocstyle bandit vulture prospector"),
  all("format", "black isort yapf autopep8", { needs: /(^| )(-c|--check|--check-only|--diff|-d)( |$)/ }),
  all("format", "black isort", { writes: "always" }),
  all("lint", "pre-commit", { words: /^run( |$)/, writes: "always" }),
  // Go
  all("test", "go", {
    words: /^test( |$)/,
    unless: /(^| )-(c|run[ =]XXX)( |$)/,
    proves: ["build", "typecheck"],
  }),
  all("build", "go", { words: /^(build|install)( |$)/, proves: ["typecheck"] }),
  all("lint", "go", { words: /^vet( |$)/, proves: ["typecheck"] }),
  all("test", "gotestsum ginkgo", { proves: ["build", "typecheck"] }),
  all("lint", "golangci-lint staticcheck revive golint", {
    unless: /^(linters|config|cache|version|help)( |$)/,
    writes: fix,
  }),
  // Rust
  all("test", "cargo", {
    words: /^(test|t|nextest run|insta test|tarpaulin|llvm-cov)( |$)/,
    proves: ["build", "typecheck"],
  }),
  all("build", "cargo", { words: /^(build|b|rustc|install)( |$)/, proves: ["typecheck"] }),
  all("typecheck", "cargo", { words: /^(check|c)( |$)/ }),
  all("lint", "cargo", { words: /^clippy( |$)/, writes: fix, proves: ["typecheck"] }),
  all("format", "cargo", { words: /^fmt( |$)/, needs: /(^| )--check( |$)/ }),
  all("format", "cargo", { words: /^fmt( |$)/, writes: "always" }),
  all("format", "rustfmt", { needs: /(^| )--check( |$)/ }),
  all("build", "rustc trunk wasm-pack", { unless: /(^| )--print/ }),
  // JVM
  all("test", "mvn mvnw gradle gradlew sbt lein mill ant", {
    words: /(^| )(\S*:)?(test|integrationTest|verify|check|testOnly|testDebugUnitTest|connectedCheck)( |$)/,
    unless: /-DskipTests|-Dmaven\.test\.skip|(^| )-x test( |$)/,
    proves: ["build", "typecheck"],
  }),
  all("test", "mvn mvnw", {
    words: /(^| )(package|install|deploy)( |$)/,
    unless: /-DskipTests|-Dmaven\.test\.skip/,
    proves: ["build", "typecheck"],
  }),
  all("test", "gradle gradlew", {
    words: /(^| )(\S*:)?build( |$)/,
    unless: /(^| )(-x|--exclude-task) (\S*:)?(test|check)( |$)/,
    proves: ["build", "typecheck"],
  }),
  all("lint", "mvn mvnw gradle gradlew", {
    words: /(^| )(\S*:)?(lint|checkstyle|spotbugs|pmd|ktlintCheck|detekt|checkstyleMain)( |$)/,
  }),
  all("format", "mvn mvnw gradle gradlew", { words: /(^| )(\S*:)?(spotless:check|spotlessCheck)( |$)/ }),
  all("build", "mvn mvnw gradle gradlew sbt lein mill ant", {
    words:
      /(^| )(\S*:)?(compile|test-compile|package|install|verify|assemble|build|jar|classes|uberjar|compileJava|compileKotlin|assembleDebug)( |$)/,
    proves: ["typecheck"],
  }),
  all("build", "javac kotlinc scalac", { proves: ["typecheck"] }),
  all("lint", "ktlint detekt checkstyle scalafix", { writes: fix }),
  // .NET
  all("test", "dotnet", { words: /^(test|vstest)( |$)/, proves: ["build", "typecheck"] }),
  all("build", "dotnet", { words: /^(build|publish|msbuild|pack)( |$)/, proves: ["typecheck"] }),
  all("format", "dotnet", { words: /^format( |$)/, needs: /--verify-no-changes/ }),
  all("build", "msbuild xbuild"),
  // Ruby
  all("test", "rspec minitest cucumber m"),
  all("test", "rails rake", { words: /(^| )(test|spec|test:\S+|spec:\S+|default)( |$)/ }),
  all("lint", "rubocop standardrb erb_lint erblint reek", {
    writes: /(^| )(-a|-A|--auto-?correct(-all)?|--fix|-x)( |$)/,
  }),
  all("typecheck", "srb", { words: /^tc( |$)/ }),
  all("typecheck", "steep", { words: /^check( |$)/ }),
  // PHP
  all("test", "phpunit pest paratest codecept behat phpspec"),
  all("test", "artisan", { words: /^test( |$)/ }),
  all("typecheck", "phpstan psalm", { words: /^(analy[sz]e?( |$)|$)/, proves: ["lint"] }),
  all("lint", "phpcs phpmd parallel-lint"),
  all("format", "php-cs-fixer pint", { needs: /(^| )(--dry-run|--test)( |$)/ }),
  // C, C++, build systems
  all("test", "ctest"),
  all("test", "meson ninja", { words: /^test( |$)/ }),
  all("test", "make gmake", {
    words: /(^| )(\S*[-_:])?(tests?|check|distcheck|unit|e2e)([-_:]\S*)?( |$)/,
    unless: /(^| )-(n|i)( |$)/,
  }),
  all("lint", "make gmake", { words: /(^| )(lint|vet|clippy)([-_:]\S*)?( |$)/ }),
  all("typecheck", "make gmake", { words: /(^| )(type-?check|types|mypy)( |$)/ }),
  all("format", "make gmake", { words: /(^| )(format-check|fmt-check|check-format|check-fmt)( |$)/ }),
  all("build", "make gmake", { words: /^$|(^| )(all|build|compile|dist)( |$)/ }),
  all("build", "ninja", { unless: /(^| )(-t|clean|install)( |$)/ }),
  all("build", "meson", { words: /^compile( |$)/ }),
  all("build", "cmake", { needs: /(^| )--build( |$)/ }),
  all("build", "gcc g++ cc c++ clang clang++", { unless: /(^| )(-E|-v|-print-\S+|-dump\S+)( |$)/ }),
  all("lint", "clang-tidy cppcheck cpplint", { writes: fix }),
  all("format", "clang-format", { needs: /(^| )(--dry-run|-n)( |$)/ }),
  all("test", "bazel bazelisk buck buck2 pants", { words: /^test( |$)/, proves: ["build"] }),
  all("build", "bazel bazelisk buck buck2", { words: /^build( |$)/ }),
  all("lint", "pants", { words: /^lint( |$)/ }),
  all("typecheck", "pants", { words: /^check( |$)/ }),
  // Others
  all("test", "mix", { words: /^(test|espec)( |$)/, proves: ["build"] }),
  all("build", "mix", { words: /^compile( |$)/ }),
  all("lint", "mix", { words: /^credo( |$)/ }),
  all("typecheck", "mix", { words: /^dialyzer( |$)/ }),
  all("format", "mix", { words: /^format( |$)/, needs: /--check-formatted/ }),
  all("test", "swift", { words: /^test( |$)/, proves: ["build", "typecheck"] }),
  all("build", "swift", { words: /^build( |$)/, proves: ["typecheck"] }),
  all("test", "xcodebuild", { words: /(^| )(test|test-without-building)( |$)/ }),
  all("build", "xcodebuild", { words: /(^| )build( |$)/ }),
  all("lint", "swiftlint", { unless: /^(rules|version)( |$)/, writes: fix }),
  all("test", "flutter dart", { words: /^test( |$)/ }),
  all("lint", "flutter dart", { words: /^analyze( |$)/, proves: ["typecheck"] }),
  all("build", "flutter", { words: /^build( |$)/ }),
  all("test", "zig", { words: /^(build test|test)( |$)/, proves: ["build"] }),
  all("build", "zig", { words: /^(build|build-exe|build-lib)( |$)/ }),
  all("test", "stack cabal dune", { words: /^(test|runtest)( |$)/, proves: ["build", "typecheck"] }),
  all("build", "stack cabal dune", { words: /^(build|install)( |$)/, proves: ["typecheck"] }),
  all("test", "rebar3", { words: /^(eunit|ct|proper)( |$)/ }),
  all("test", "gleam crystal forge hardhat truffle anchor", { words: /^(test|spec)( |$)/ }),
  all("build", "gleam crystal forge hardhat truffle anchor", { words: /^(build|compile)( |$)/ }),
  all("test", "bats prove busted shellspec newman tape-run pgtap roundup molecule"),
  all("lint", "shellcheck hadolint actionlint yamllint luacheck vale sqlfluff ansible-lint tflint", {
    unless: /^fix( |$)/,
  }),
  all("lint", "helm buf terraform tofu", { words: /^(lint|validate)( |$)/ }),
  all("build", "docker podman", { words: /^(build|buildx build|compose build)( |$)/ }),
];

/**
 * Names people give to scripts and targets (`npm run NAME`, `just NAME`, `./NAME.sh`), the first that fits. `check`
 * alone is not taken for tests: where it is a script of its own it mostly lints.
 */
export const scriptRows: readonly Omit<CheckRow, "programs">[] = [
  {
    words: /(^|[:_-])(format|fmt|prettier)[:_-](check|ci|verify)$|^check[:_-](format|fmt|prettier)/,
    kind: "format",
  },
  { words: /^(format|fmt|prettier)([:_-]|$)/, kind: "format", writes: "always" },
  { words: /(^|[:_-])(lint|eslint|stylelint|ruff|clippy)[:_-](fix|write)$/, kind: "lint", writes: "always" },
  {
    words:
      /(^|[:_-])(type-?checks?|check-types|types?|tsc|mypy|pyright)([:_-](check|ci))?$|^(check[:_-]types?|type-?check)/,
    kind: "typecheck",
  },
  { words: /(^|[:_-])(lint|eslint|stylelint|oxlint|ruff|clippy)([:_-]|$)/, kind: "lint", writes: fix },
  { words: /(^|[:_-])(build|compile|bundle)([:_-]|$)/, kind: "build" },
  {
    words:
      /(^|[:_-])(run-?tests?|tests?|specs?|unit|e2e|integration|smoke|jest|vitest|mocha|pytest|cypress|playwright|runtests?|testsuite|test-all)([:_-]|$)/,
    kind: "test",
  },
  {
    words: /^(ci|verify|validate|qa|all-checks|check-all|check:all)([:_-]|$)/,
    kind: "test",
    proves: ["lint"],
  },
  { words: /^checks?$/, kind: "lint", writes: fix, proves: ["typecheck"] },
];

/**
 * Programs that run a script or target of the project by its name: after which words, and whether also without any
 * (`yarn build`, where `npm build` is nothing).
 */
export const scriptRunners: { readonly [program: string]: { after: RegExp; bare: boolean } } = {
  npm: { after: /^(run|run-script|rum|urn)$/, bare: false },
  pnpm: { after: /^(run|run-script|recursive)$/, bare: true },
  yarn: { after: /^(run|workspaces|foreach)$/, bare: true },
  bun: { after: /^run$/, bare: true },
  deno: { after: /^task$/, bare: false },
  composer: { after: /^(run|run-script)$/, bare: true },
  hatch: { after: /^run$/, bare: false },
  pdm: { after: /^run$/, bare: false },
  poetry: { after: /^run$/, bare: false },
  moon: { after: /^run$/, bare: false },
  mise: { after: /^(run|r|tasks)$/, bare: false },
  wireit: { after: /^run$/, bare: false },
  ...Object.fromEntries(
    "just task mage invoke inv poe rush npm-run-all run-s run-p"
      .split(" ")
      .map((name) => [name, { after: /^$/, bare: true }]),
  ),
};

/** npm's own words for its `test` script. */
export const npmTest = /^(test|t|tst|install-test|it|install-ci-test|cit)$/;

/**
 * Programs that run the command after them: how many words of theirs come first. `uv run pytest`: one.
 */
export const launchers: { readonly [program: string]: readonly (readonly string[])[] } = {
  npx: [[]],
  bunx: [[]],
  pnpx: [[]],
  uvx: [[]],
  npm: [["exec"], ["x"]],
  pnpm: [["exec"], ["dlx"], []],
  yarn: [["exec"], ["dlx"], ["run"], []],
  bun: [["x"], ["run"]],
  uv: [["run"], ["tool", "run"]],
  pipx: [["run"]],
  poetry: [["run"]],
  pipenv: [["run"]],
  pdm: [["run"]],
  rye: [["run"]],
  hatch: [["run"]],
  pixi: [["run"]],
  bundle: [["exec"]],
  composer: [["exec"]],
  mise: [["exec"], ["x"]],
  asdf: [["exec"]],
  doppler: [["run"]],
  "cross-env": [[]],
  dotenv: [[]],
  "env-cmd": [[]],
  nyc: [[]],
  c8: [[]],
  "xvfb-run": [[]],
  coverage: [["run"]],
  php: [[]],
  ccache: [[]],
};

/** Options of runners and launchers that take a value in the next word. */
export const valuedOptions: ReadonlySet<string> = new Set(
  "--prefix -w --workspace --filter -F -C --dir --cwd --directory -f --file --manifest-path --project --package -p --with --python --extra --group --env-file --target -e --environment --loglevel --config -c".split(
    " ",
  ),
);

/** Programs that run the file they are given; a file named as a test is one. */
export const interpreters: ReadonlySet<string> = new Set(
  "node nodejs deno bun tsx ts-node ts-node-esm esno jiti python python3 python2 pypy3 ruby php perl bash sh zsh lua Rscript julia".split(
    " ",
  ),
);

/** A path that names a test. */
export const testFile =
  /(^|\/)(tests?|specs?|__tests__)\/|(^|[/._-])(tests?|specs?)[._-][^/]*$|(^|[/._-])(tests?|specs?)(\.[a-z0-9]+)?$/i;
