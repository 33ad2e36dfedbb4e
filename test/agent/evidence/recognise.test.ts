import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOf, type Deed, deedsOf } from "../../../src/agent/evidence/recognise.ts";
import type { CheckKind, CheckOutcome } from "../../../src/core/evidence.ts";
import { readLine } from "../../support/read-line.ts";

const kindOf = (line: string): CheckKind | null => {
  const [check] = checksOf(line, 0);
  return check?.kind ?? null;
};

type Check = Extract<Deed, { type: "check" }>;
const checksOf = (line: string, exitCode: number | null): Check[] =>
  deedsOf(line, exitCode, readLine).filter((deed): deed is Check => deed.type === "check");

const commands: Record<CheckKind | "none", string[]> = {
  test: [
    "npm test",
    "npm t",
    "npm run test",
    "npm run test:unit -- --coverage",
    "npm --prefix web test",
    "npm test -w packages/core",
    "pnpm test",
    "pnpm -r test",
    "pnpm --filter api run test:integration",
    "yarn test",
    "yarn workspace web test",
    "yarn jest src/a.test.ts",
    "bun test",
    "bun run test",
    "deno test -A",
    "deno task test",
    "node --test",
    "node --test --test-reporter=spec test/",
    "node test/parser.test.js",
    "tsx src/parse.spec.ts",
    "npx vitest run",
    "npx --yes jest -t 'adds numbers'",
    "pnpm exec vitest run src/a.test.ts",
    "pnpm vitest run",
    "./node_modules/.bin/mocha",
    "npx playwright test",
    "npx nx test web",
    "nx run-many -t test",
    "turbo run test",
    "pytest",
    "pytest -q tests/test_a.py::test_b",
    "python -m pytest -x",
    "python3 -m unittest discover -s tests",
    "python test_parser.py",
    "python manage.py test",
    "uv run pytest -q",
    "uv run --with pytest python -m pytest",
    "poetry run pytest",
    "tox -e py312",
    "hatch run test",
    "coverage run -m pytest",
    "go test ./...",
    "go test -race -run TestX ./pkg/...",
    "gotestsum -- ./...",
    "cargo test",
    "cargo +nightly test --workspace",
    "cargo nextest run",
    "make test",
    "make -j4 check",
    "make -C build test",
    "just test",
    "mvn -q test",
    "./mvnw verify",
    "./gradlew test",
    "gradle :app:testDebugUnitTest",
    "sbt test",
    "dotnet test",
    "bundle exec rspec",
    "bin/rails test",
    "rake spec",
    "./vendor/bin/phpunit --filter X",
    "php artisan test",
    "composer test",
    "ctest --test-dir build --output-on-failure",
    "bazel test //...",
    "mix test",
    "swift test",
    "flutter test",
    "zig build test",
    "bats test/",
    "./scripts/test.sh",
    "bash scripts/run-tests.sh",
    "bin/test",
    "mise run test:integration",
    "CI=1 npm test",
    "timeout 60 npm test",
    "env CI=1 FORCE_COLOR=0 pytest",
    "time cargo test",
    "cross-env NODE_ENV=test jest",
    "bash -lc 'cd web && npm test'",
    "(cd web && npm test)",
    "cd web && npm test 2>&1",
    "npm test > out.log 2>&1",
    "cat > a.test.js <<'EOF'\nnpm run lint\nif (a) {}\nEOF\nnpm test",
  ],
  build: [
    "npm run build",
    "yarn build",
    "npx vite build",
    "next build",
    "go build ./...",
    "cargo build --release",
    "make",
    "make all",
    "mvn package -DskipTests",
    "./gradlew assemble",
    "dotnet build",
    "cmake --build build -j 4",
    "ninja -C build",
    "gcc -o main main.c",
    "javac Main.java",
    "bazel build //...",
    "docker build -t x .",
    "npx webpack --mode production",
  ],
  typecheck: [
    "npx tsc --noEmit",
    "tsc -p tsconfig.json --noEmit",
    "npm run typecheck",
    "npm run type-check",
    "pnpm check-types",
    "mypy src",
    "python -m mypy .",
    "pyright",
    "cargo check",
    "vue-tsc --noEmit",
    "vendor/bin/phpstan analyse src",
    "deno check main.ts",
  ],
  lint: [
    "npm run lint",
    "npx eslint . --max-warnings 0",
    "npx biome check .",
    "ruff check .",
    "uv run ruff check",
    "flake8",
    "go vet ./...",
    "golangci-lint run",
    "cargo clippy -- -D warnings",
    "bundle exec rubocop",
    "shellcheck bin/x.sh",
    "make lint",
    "pre-commit run --all-files",
  ],
  format: [
    "npx prettier --check .",
    "prettier -c src",
    "black --check .",
    "cargo fmt --check",
    "cargo fmt -- --check",
    "ruff format --check",
    "dotnet format --verify-no-changes",
    "npm run format:check",
    "mix format --check-formatted",
  ],
  none: [
    "ls test",
    "cat test/a.test.js",
    "grep -rn test src",
    "git log --grep test",
    "git commit -m 'npm test passes'",
    "echo npm test",
    "npm install jest",
    "yarn add vitest",
    "npm run dev",
    "npm start",
    "npm --version",
    "npx jest --help",
    "pytest --collect-only",
    "cargo test --no-run",
    "make -n test",
    "cargo run",
    "go run main.go",
    "node server.js",
    "python app.py",
    "mkdir test",
    "touch foo.test.js",
    "vim a.test.ts",
    "cp a.test.js b.test.js",
    "which pytest",
    "npm run release",
    "/tmp/entire-test enable",
    "bash hooks/check-gopls.sh",
    "constructor",
    "npm run toString",
  ],
};

describe("a command line", () => {
  for (const [kind, lines] of Object.entries(commands)) {
    it.each(lines)(`is ${kind === "none" ? "no check" : kind}: %s`, (line) => {
      expect(kindOf(line)).toBe(kind === "none" ? null : kind);
    });
  }

  it("shows what else it has shown only when it passes", () => {
    const proves = (line: string) => checkOf(line.split(" "))?.proves;
    expect(proves("cargo test")).toEqual(["build", "typecheck"]);
    expect(proves("npx tsc -p .")).toEqual(["build"]);
    expect(proves("npx tsc --noEmit")).toEqual([]);
    expect(proves("mvn package -DskipTests")).toEqual(["typecheck"]);
  });
});

const outcomes: [line: string, exitCode: number | null, outcome: CheckOutcome | null][] = [
  ["npm test", 0, "passed"],
  ["npm test", 1, "failed"],
  ["npm test", null, "unfinished"],
  ["cd web && npm test", 0, "passed"],
  ["cd web && npm test", 1, "failed"],
  ["npm test && echo ok", 0, "passed"],
  ["npm test && echo ok", 1, "failed"],
  ["npm test && git diff --stat", 0, "passed"],
  ["npm test && git diff --exit-code", 1, "unknown"],
  ["npm test | tail -20", 0, "unknown"],
  ["npm test 2>&1 | tee out.log", 1, "unknown"],
  ["npm test |& grep fail", 1, "unknown"],
  ["cat list | xargs npx jest", 1, "failed"],
  ["set -o pipefail; npm test | tail", 0, "passed"],
  ["set -o pipefail; npm test | tail", 1, "unknown"],
  ["set -euo pipefail\nnpm test | tail\necho fine", 0, "passed"],
  ["npm test || true", 0, "unknown"],
  ["npm test || echo failed", 0, "unknown"],
  ["npm test || exit 1", 0, "unknown"],
  ["npm test; echo $?", 0, "unknown"],
  ["npm test; echo done", 0, "unknown"],
  ["npm test\nls", 0, "unknown"],
  ["echo start; npm test", 0, "passed"],
  ["ls; npm test", 1, "failed"],
  ["set -e; npm test; ls", 0, "passed"],
  ["set -e; npm test; ls", 1, "unknown"],
  ["set -e; cd web && npm test; ls", 0, "unknown"],
  ["set -e; npm test; ls || true", 0, "unknown"],
  ["npm test &", 0, "unfinished"],
  ["npm test & sleep 5", 0, "unfinished"],
  ["true || npm test", 0, null],
  ["if npm test; then echo ok; fi", 0, "unknown"],
  ["for i in 1 2 3; do npm test; done", 0, "unknown"],
  ['npm test -- -t "$(cat name)"', 0, "unknown"],
  ["! npm test", 0, "unknown"],
  ["bash -c 'npm test'", 0, "passed"],
  ["bash -c 'npm test || true'", 0, "unknown"],
  ["bash -c 'npm test' | tail", 0, "unknown"],
  ["timeout 5 npm test", 124, "failed"],
  ["find . -name '*.test.js' -exec node --test {} ;", 0, "unknown"],
  ["npm test --if-present", 0, "unknown"],
  ["npx jest --passWithNoTests", 0, "unknown"],
  ["ruff check --exit-zero", 0, "unknown"],
];

describe("the exit code of a line", () => {
  it.each(outcomes)("%s, ended with %s: the check %s", (line, exitCode, outcome) => {
    expect(checksOf(line, exitCode)[0]?.outcome ?? null).toBe(outcome);
  });

  it("says nothing of a build before a failing test, and of both when they passed", () => {
    const both = (exitCode: number) =>
      checksOf("npm run build && npm test", exitCode).map(({ kind, outcome }) => [kind, outcome]);
    expect(both(0)).toEqual([
      ["build", "passed"],
      ["test", "passed"],
    ]);
    expect(both(1)).toEqual([
      ["build", "unknown"],
      ["test", "failed"],
    ]);
  });

  it("law: no line in which something stands after the check on another footing passes for the check", () => {
    const after = fc.constantFrom(
      "; ls",
      " | tail",
      " || true",
      "; true",
      "\necho",
      " & ls",
      " | grep x || ls",
    );
    fc.assert(
      fc.property(
        fc.constantFrom("npm test", "cd a && pytest", "cargo test"),
        after,
        fc.nat(3),
        (line, more, code) => {
          for (const { outcome } of checksOf(line + more, code)) expect(outcome).not.toBe("passed");
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("law: any text is read without a throw", () => {
    const word = fc.constantFrom(
      "npm",
      "test",
      "&&",
      "||",
      "|",
      ";",
      "(",
      ")",
      "$(",
      "<<EOF",
      "\n",
      "'",
      '"',
      "-c",
      "bash",
      "{",
      "}",
      "EOF",
      "\\",
      "timeout",
      "x",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.option(fc.nat(2)), (words, code) => {
        deedsOf(words.join(" "), code, readLine);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what a line changes", () => {
  const typesOf = (line: string) => deedsOf(line, 0, readLine).map(({ type }) => type);
  it.each([
    ["sed -i s/a/b/ src/a.ts", ["edit"]],
    ["sed s/a/b/ src/a.ts", []],
    ["cat > src/a.ts <<'EOF'\ncode; npm test\nEOF", ["edit"]],
    ["cat > a <<A > b <<'B'\nx\nA\nnpm test\nB\nnpm run lint", ["edit", "check"]],
    ["cat <<<npm; npm test", ["check"]],
    ["echo x >> src/a.ts", ["edit"]],
    ["echo x > /tmp/a", []],
    ["ls > /dev/null", []],
    ["cp src/a.ts /tmp/b", []],
    ["cp /tmp/b src/a.ts", ["edit"]],
    ["rm src/a.ts", ["edit"]],
    ["rm ~/.cache/a", []],
    ["git checkout -- src/a.ts", ["edit"]],
    ["git stash list", []],
    ["git add -A && git commit -m x", []],
    ["git status && ls", []],
    ["perl -pi -e s/a/b/ a.ts", ["edit"]],
    ["python fix.py", ["run"]],
    ["node -e 'require(\"assert\")(1)'", ["run"]],
    ["npx eslint --fix .", ["edit", "check"]],
    ["npx prettier --write .", ["edit", "check"]],
    ["cargo fmt", ["edit", "check"]],
    ["sed -i s/a/b/ a.ts && npm test", ["edit", "check"]],
    ["npm test && rm a.ts", ["check", "edit"]],
    ["for f in *.ts; do sed -i s/a/b/ $f; done", ["edit"]],
  ])("%s", (line, types) => {
    expect(typesOf(line)).toEqual(types);
  });
});
