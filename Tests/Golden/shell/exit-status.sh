run() { "$@" >/dev/null 2>&1; echo "$? $*" | sed "s|$FACTSH|factsh|"; }
run $FACTSH -c 'p(1). p(X)?'
run $FACTSH -c 'p(1). p(2)?'
run $FACTSH --fail-empty -c 'p(1). p(2)?'
run $FACTSH --fail-empty -c 'p(1). p(1)?'
run $FACTSH --fail-empty -c 'p(1). p(X), X > 1?'
run $FACTSH -c 'p(1'
run $FACTSH -c 'q(X)?'
run $FACTSH --no-such-option
run $FACTSH --mode nonsense -c 'p(1).'
run $FACTSH --base missing/folder/base -c 'p(1).'
run $FACTSH --read-only -c 'p(1).'
run $FACTSH --as-of 2026-01-01 -c 'p(1).'
run $FACTSH missing.dl
run $FACTSH --version
run $FACTSH --help
