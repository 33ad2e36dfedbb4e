import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/core/permission.ts";
import { decide, headless, type PolicyCall, suggestRule } from "../../src/policy/decide.ts";
import { type Effect, parseRule } from "../../src/policy/rule.ts";
import { readLine } from "../support/read-line.ts";

const place = { cwd: "/home/ann/app", projectRoot: "/home/ann/app", home: "/home/ann" };

/** One command a line; `⏎ ␀ ‵ ❴` stand for a newline, a NUL, a backtick and a brace that would end the template. */
const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) =>
      line.trim().replaceAll("⏎", "\n").replaceAll("␀", "\0").replaceAll("‵", "`").replaceAll("❴", "{"),
    );

type Lists = { allow?: string[]; ask?: string[]; deny?: string[]; mode?: Mode };

function bash(command: string, { allow = [], ask = [], deny = [], mode = "ask" }: Lists = {}, where = place) {
  const parse = (effect: Effect) => (text: string) => parseRule(text, effect, "test");
  const rules = [...allow.map(parse("allow")), ...ask.map(parse("ask")), ...deny.map(parse("deny"))];
  const call: PolicyCall = {
    name: "bash",
    access: "execute",
    intent: { summary: command, paths: [], command },
    line: readLine(command),
    ...where,
  };
  return decide(call, { mode, rules });
}

const effectOf = (command: string, lists?: Lists) => bash(command, lists).effect;

describe("a command no rule speaks of", () => {
  it.each(
    lines(`
    ls
    ls -la src
    cat README.md | wc -l
    pwd && git status
    git --no-pager log --oneline -5
    git diff HEAD~1 -- src/a.ts
    git show HEAD:src/a.ts
    git branch -a
    git branch --list 'fix/*'
    git stash list
    git remote -v
    git config --get user.name
    rg -n 'foo bar' src
    grep -rn TODO . | head -20
    find . -name '*.ts' -type f
    sed -n '10,20p' src/a.ts
    head -c 100 a; tail -n 3 b
    echo "it's $HOME" && date -u
    sort a.txt | uniq -c
    node --version
    cd src && ls
    cd src && cat ../README.md
    test -f package.json || echo none
    jq .name package.json
    ls 2>/dev/null
    ls 2>&1 | head
    ls &> /dev/null
    wc -l < src/a.ts
    command -v node
    timeout 5 ls
    env | sort
    bash -c 'ls | wc -l'
    ls # a comment; rm x
    cat 'a file.txt'
    git ls-files |⏎ wc -l
    stat src/*.ts
    tail -f log/dev.log
    (ls)
    ❴ ls; }
    cat <<EOF⏎x⏎EOF
    if ls; then ls; fi
    for f in a b; do echo "$f"; done
    echo $'a'
    ! ls
    echo $(date +%s) ‵pwd‵
    [[ -f a && -d src ]] && ls
    diff <(sort a) <(sort b)
  `),
  )("that only reads the project runs: %s", (command) => {
    expect(bash(command)).toMatchObject({ effect: "allow", source: "built-in" });
    expect(effectOf(command, { mode: "edit" })).toBe("allow");
  });

  it.each(
    lines(`
    touch q
    npm test
    make
    cat /etc/hostname
    cat ../other/file
    cat ~/notes
    ls $DIR
    cat $HOME/.profile
    cd .. && ls
    cd / && cat etc/passwd
    cat src/../../x
    cat {/etc/passwd,a}
    cat */../../x
    grep -f/etc/passwd x
    grep --file=../x y
    cat ~root/x
    cat .env
    cat config/.env.local
    grep KEY .env
    cat < .env
    cat < /etc/passwd
    head server.pem
    find . -exec cat {} +
    find src -delete
    find . -fprint out
    fd -x rm
    rg --pre ./evil x
    sort -o a b
    sort --output=a b
    sort --outp a b
    sort --compress-program=./evil a
    uniq a b
    tree -o out
    sed -i s/a/b/ f
    sed -n '1w out' f
    sed -n 1p -i f
    xxd -r a
    date -s now
    hostname evil
    file -C
    git -c core.pager=evil log
    git -C /tmp log
    git --exec-path=/x log
    git log --output=x
    git diff --outpu=x
    git diff --ext-diff
    git grep -Oevil x
    git branch new
    git branch -D old
    git tag v1
    git stash
    git remote add x y
    git config a b
    git push
    git checkout .
    awk 'BEGIN{system("x")}'
    python -c 'print(1)'
    ./ls
    /bin/ls
    FOO=1 touch a
    xargs cat
    ls | xargs rm
    sudo ls
    bash script.sh
    source x.sh
    curl example.com
    echo hi > out.txt
    echo hi >> src/a.ts
    ls >| x
    ls &>x
    echo $(rm x)
    echo ‵rm x‵
    echo "$(rm x)"
    cat <(rm x)
    for f in a; do cat $f; done
    ls() { rm x; }
    echo $❴x:-$(rm y)}
    'ls
    ls "
    $CMD
    ~/bin/ls
    l? x
    "ls"␀
    PATH=/evil ls
    LD_PRELOAD=x ls
    GIT_SSH_COMMAND=x git status
    env PATH=/evil ls
    env -S 'rm x'
    PATH=/evil; ls
    coproc ls
    eval ls $X
    bash -c "$X"
    timeout 5 touch a
    bash -c 'touch a'
    ls & touch b
    ls⏎touch b
    ls || touch b
    ls |& tee out
  `),
  )("that may do more is asked for: %s", (command) => {
    expect(bash(command).effect).toBe("ask");
    const call: PolicyCall = {
      name: "bash",
      access: "execute",
      intent: { summary: "", paths: [], command },
      line: readLine(command),
      ...place,
    };
    expect(headless(bash(command), call)).toMatchObject({
      effect: "deny",
      reason: expect.stringContaining("Nobody is there to ask"),
    });
  });
});

describe("the measured matrix of rules", () => {
  it.each<[string, Lists, Effect]>([
    ["touch q1", { allow: ["Bash(touch q1)"] }, "allow"],
    ["touch q2", { allow: ["Bash(touch q1)"] }, "ask"],
    ["touch q1", { allow: ["Bash(touch:*)"] }, "allow"],
    ["touch", { allow: ["Bash(touch:*)"] }, "allow"],
    ["touchy q1", { allow: ["Bash(touch:*)"] }, "ask"],
    ["touch q1", { allow: ["Bash(touch *)"] }, "allow"],
    ["touch", { allow: ["Bash(touch *)"] }, "allow"],
    ["touch q1", { allow: ["bash"] }, "allow"],
    ["touch q1", { allow: ["Bash(*)"] }, "allow"],
    ["npm i left-pad --save", { allow: ["Bash(npm * --save)"] }, "allow"],
    ["npm i left-pad --save && rm x --save", { allow: ["Bash(npm * --save)"] }, "ask"],
    ["touch a && git push", { allow: ["Bash(touch *)"] }, "ask"],
    ["touch a && git push", { allow: ["Bash(touch *)", "Bash(git push:*)"] }, "allow"],
    ["touch a && ls", { allow: ["Bash(touch *)"] }, "allow"],
    ["npm test > out.txt", { allow: ["Bash(npm test:*)"] }, "ask"],
    ["npm test > out.txt", { allow: ["Bash(npm test:*)", "Edit(out.txt)"] }, "allow"],
    ["npm test > out.txt", { allow: ["Bash(npm test:*)"], mode: "edit" }, "allow"],
    ["npm test > ../out.txt", { allow: ["Bash(npm test:*)"], mode: "edit" }, "ask"],
    ["npm test > .git/hooks/pre-commit", { allow: ["Bash(npm test:*)"], mode: "edit" }, "ask"],
    ["npm test > out.txt", { allow: ["Bash(npm test:*)"], deny: ["Edit(out.txt)"] }, "deny"],
    ["echo $(touch a)", { allow: ["Bash(touch *)", "Bash(echo *)"] }, "allow"],
    ["echo $(touch a)", { allow: ["Bash(echo *)"] }, "ask"],
    ["FOO=1 touch a", { allow: ["Bash(touch *)"] }, "allow"],
    ["PATH=. touch a", { allow: ["Bash(touch *)"] }, "ask"],
    ["NODE_ENV=test npm test", { allow: ["Bash(npm test:*)"] }, "allow"],
    ["timeout 5 touch a", { allow: ["Bash(touch *)"] }, "allow"],
    ["timeout -k 3 5s nice -n 5 touch a", { allow: ["Bash(touch *)"] }, "allow"],
    ["env FOO=1 touch a", { allow: ["Bash(touch *)"] }, "allow"],
    ["env LD_PRELOAD=x touch a", { allow: ["Bash(touch *)"] }, "ask"],
    ["sudo touch a", { allow: ["Bash(touch *)"] }, "ask"],
    ["sudo touch a", { allow: ["Bash(sudo touch:*)"] }, "allow"],
    ["ls | xargs touch", { allow: ["Bash(touch *)"] }, "allow"],
    ["bash -c 'touch a'", { allow: ["Bash(touch *)"] }, "allow"],
    ["bash -c 'touch a; make'", { allow: ["Bash(touch *)"] }, "ask"],
    ["cat /etc/hostname", { allow: ["Bash(cat *)"] }, "ask"],
    ["cat /etc/hostname", { allow: ["Bash(cat *)", "Read(//etc/hostname)"] }, "allow"],
    ["cat /etc/hostname", { allow: ["Bash"] }, "allow"],
    ["cat .env", { allow: ["Bash(cat *)"] }, "ask"],
    ["cat .env.example", { allow: [] }, "allow"],
    ["cat README.md", { deny: ["Read(./README.md)"] }, "deny"],
    ["head -1 < README.md", { deny: ["Read(./README.md)"] }, "deny"],
    ["cat sub/README.md", { deny: ["Read(./README.md)"] }, "allow"],
    ["git push", { ask: ["Bash(git push:*)"], allow: ["Bash(git *)"] }, "ask"],
    ["git push", { ask: ["Bash(git push:*)"], mode: "full" }, "ask"],
    ["git fetch", { ask: ["Bash(git push:*)"], allow: ["Bash(git *)"] }, "allow"],
    ["ls", { ask: ["Bash"] }, "ask"],
    ["ls", { deny: ["Bash"], mode: "full" }, "deny"],
    ["echo a && (echo b)", { allow: ["Bash(echo a && \\(echo b\\))"] }, "allow"],
    ['"npm run test" x', { allow: ["Bash(npm run test:*)"] }, "ask"],
  ])("%s with %j: %s", (command, lists, effect) => {
    expect(effectOf(command, lists)).toBe(effect);
  });

  it.each(
    lines(String.raw`
    rm a
    touch a; rm a
    ls && rm -f a
    timeout 5 rm a
    ls | xargs rm
    ls | xargs -n 1 -I{} rm {}
    bash -c "rm a"
    bash -lc 'ls; rm a'
    sh -c "timeout 3 rm a"
    find . -name x -exec rm {} \;
    find src -delete
    fd x -x rm
    /bin/rm a
    env X=1 rm a
    sudo rm a
    sudo -u bob rm a
    nice -n 3 rm a
    command rm a
    exec rm a
    setsid rm a
    nohup rm a &
    eval 'rm a'
    FOO=1 rm a
    'rm' a
    r\m a
    rm
    echo $(rm a)
    echo ‵rm a‵
    for f in *; do rm $f; done
    if true; then rm a; fi
    { rm a; }
    (rm a)
    f() { rm a; }
    echo "$(rm a)"
    cat <(rm a)
    ! rm a
    time rm a
    cat <<EOF⏎$(rm a)⏎EOF
    if rm a; then ls; fi
    while rm a; do ls; done
  `),
  )("a rule that forbids rm is not bypassed by: %s", (command) => {
    for (const mode of ["plan", "ask", "edit", "full"] as const) {
      const decision = bash(command, { mode, deny: ["Bash(rm *)"], allow: ["Bash"] });
      expect(decision).toMatchObject({ effect: "deny", rule: "Bash(rm *)", source: "test" });
    }
  });

  it.each(["git -C . push", "git -c a=b --no-pager push origin", "/usr/bin/git push"])(
    "a rule that forbids git push is not bypassed by: %s",
    (command) => {
      expect(effectOf(command, { mode: "full", deny: ["Bash(git push:*)"] })).toBe("deny");
    },
  );
});

describe("what no mode permits", () => {
  it.each(
    lines(`
    rm -rf /
    rm -rf /*
    rm -r -f ~
    rm -rf ~/
    rm -rf ~/*
    rm -rf $HOME
    rm -rf "$❴HOME}"
    rm -rf $HOME/*
    rm -fr .
    rm -rf ./
    rm -rf *
    rm -rf ./*
    rm -rf ..
    rm -rf .git
    rm -rf ./.git/
    rm --recursive --force /home/ann/app
    rm -rf /home
    rm -rf /usr
    rm -rf /etc/
    sudo rm -rf /
    bash -c 'rm -rf ~'
    cd /tmp; rm -rf /home/ann
    find / -delete
    rm -rf --no-preserve-root /x
    echo $(rm -rf /)
    for x in 1; do rm -rf ~; done
    mkfs.ext4 /dev/sda1
    dd if=x of=/dev/sda
    echo x > /dev/sda
    rm -rf build /
    ls | xargs rm -rf /
    rm -rf /home/ann/app/../app
    echo x >> ~/.bashrc
    cp key ~/.ssh/authorized_keys
    tee ~/.zshrc
  `),
  )("%s", (command) => {
    for (const mode of ["ask", "edit", "full"] as const) {
      expect(bash(command, { mode, allow: ["Bash"] })).toMatchObject({ effect: "deny", source: "built-in" });
    }
  });

  it.each(
    lines(`
    rm -rf build
    rm -rf ./node_modules
    rm -rf src/*
    rm -rf /tmp/x
    rm -f .gitignore
    rm file
    rm -rf .github
    rm -rf ~/app2
    find . -name '*.pyc' -delete
    ls | xargs rm -rf
  `),
  )("but a mistake one can live with is allowed in full mode: %s", (command) => {
    expect(effectOf(command, { mode: "full" })).toBe("allow");
  });

  it("is judged where the command runs", () => {
    const deep = { ...place, cwd: "/home/ann/app/packages/a" };
    expect(bash("rm -rf ../..", { mode: "full" }, deep).effect).toBe("deny");
    expect(bash("rm -rf *", { mode: "full" }, deep).effect).toBe("allow");
  });
});

describe("modes", () => {
  it.each<[Mode, string, Effect]>([
    ["plan", "ls", "allow"],
    ["plan", "touch a", "deny"],
    ["plan", "ls > a", "deny"],
    ["plan", "cat /etc/passwd", "ask"],
    ["ask", "touch a", "ask"],
    ["edit", "touch a", "ask"],
    ["full", "touch a", "allow"],
    ["full", "for f in *; do cat $f; done", "allow"],
  ])("%s: %s is %s", (mode, command, effect) => {
    expect(effectOf(command, { mode })).toBe(effect);
  });

  it("plan stays read-only whatever is allowed", () => {
    expect(effectOf("touch a", { mode: "plan", allow: ["Bash", "Bash(touch:*)"] })).toBe("deny");
  });
});

describe("the rule that always allow would save", () => {
  it.each<[string, string | null]>([
    ["npm run test -- --watch=false", "Bash(npm run test:*)"],
    ["npm test", "Bash(npm test:*)"],
    ["git commit -m 'fix: a (b)'", "Bash(git commit:*)"],
    ["cargo build --release", "Bash(cargo build:*)"],
    ["touch a b c", "Bash(touch:*)"],
    ["cd src && make all", "Bash(make all:*)"],
    ["npm test | tail -5", "Bash(npm test:*)"],
    ["timeout 60 npm test", "Bash(npm test:*)"],
    ["FOO=1 npm test", "Bash(npm test:*)"],
    ["rm -rf build", "Bash(rm -rf build)"],
    ["python -c 'print(1)'", "Bash(python -c 'print\\(1\\)')"],
    ["sudo make install", "Bash(sudo make install)"],
    ["git -c a=b push", "Bash(git -c a=b push)"],
    ["npm test && npm publish", "Bash(npm test && npm publish)"],
    ["for f in a; do ls; done", "Bash(for f in a; do ls; done)"],
    ["rm -rf /", null],
    ["cat a\nrm b", null],
  ])("for %s is %s", (command, rule) => {
    const call: PolicyCall = {
      name: "bash",
      access: "execute",
      intent: { summary: command, paths: [], command },
      line: readLine(command),
      ...place,
    };
    expect(suggestRule(call)).toBe(rule);
    if (rule !== null) expect(effectOf(command, { allow: [rule] })).toBe("allow");
  });
});

describe("a decision", () => {
  it("names its rule, where that stands, and why", () => {
    expect(bash("make", { allow: ["Bash(make:*)"] })).toEqual({
      effect: "allow",
      rule: "Bash(make:*)",
      source: "test",
      reason: expect.stringContaining("Bash(make:*)"),
      part: "make",
    });
    expect(bash("make").reason).toContain("make");
    expect(bash("ls; cat <<E").reason).toContain("syntax");
    expect(bash("ls && npm test").part).toBe("npm test");
    expect(bash("cat /etc/hosts").reason).toContain("/etc/hosts");
  });
});
